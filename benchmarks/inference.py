"""Measure predictions of photographs and video: `python -m benchmarks.inference --out FILE`.

The speed on photographs is compared with that of detector, landmark model and network alone, on
pixels that are decoded and faces that are aligned already, and on two threads with that on one.
The memory (resident) and the open files are those after a tenth, half and all of a long run.
"""

import argparse
import itertools
import os
import tempfile
import time
from pathlib import Path

import numpy as np
import torch

from benchmarks._measure import compare, describe_machine, write_document
from skfer.alignment._eye_search import default_detectors, search_all_eyes
from skfer.alignment._landmark_model import shipped_landmark_model
from skfer.datasets import make_faces
from skfer.faces import make_face_array
from skfer.inference import predict_images, stream_predictions, stream_video
from skfer.pipelines import make_cspp_pipeline
from skfer.utils._images import read_image
from skfer.utils._opencv import cv2

RESULTS = Path(__file__).with_name("results") / "inference.json"
PHOTOGRAPH = (490, 640)
SMALL = (240, 320)
FRAME = (720, 1280)
RATE = 25
N_DIFFERENT = 60


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--photographs", type=Path, help="folder of JPEG files (default: drawn)")
    parser.add_argument("--images", type=int, default=1000, help="whose speed is measured")
    parser.add_argument("--many", type=int, default=20_000, help="images, whose memory is measured")
    parser.add_argument("--seconds", type=int, default=600, help="of the video")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        report = measure(Path(folder), options)
    write_document(options.out, report)
    for row in report["speed"]:
        ours, theirs = row["ours"]["median"], row["theirs"]["median"]
        print(f"{row['name']}: {ours:.1f} images/s, {row['ratio']:.2f} of {theirs:.1f}")
    for row in report["memory"]:
        memory = ", ".join(f"{value / 1e6:.0f}" for value in row["resident_bytes"])
        print(f"{row['name']}: {row['n_items']} in {row['seconds']:.0f} s, {memory} MB")


def measure(folder, options):
    model = fit_model()
    photographs = options.photographs or write_photographs(folder / "photographs")
    files = sorted(photographs.rglob("*.jpg"))
    paths = list(itertools.islice(itertools.cycle(files), options.images))
    speed = [
        measure_alone(model, paths, options.repeats),
        measure_cores(model, paths, options.repeats),
    ]
    memory = [
        measure_many(model, folder, options.many),
        measure_video(model, folder, options.seconds),
    ]
    given = " --photographs FOLDER" if options.photographs else ""
    return {
        "metadata": {
            "command": f"python -m benchmarks.inference{given} --images {options.images} "
            f"--many {options.many} --seconds {options.seconds} --repeats {options.repeats}",
            **describe_machine("numpy", "torch"),
        },
        "speed": speed,
        "memory": memory,
    }


def fit_model():
    """Fit C-SPP for an epoch: the time of a prediction does not depend on what was learnt."""
    data = make_faces(4, 1, random_state=0)
    return make_cspp_pipeline(max_epochs=1, device="cpu", random_state=0).fit(
        data.faces, data.target
    )


def write_photographs(folder):
    """Write different synthetic portraits, as large in the picture as those of a photographer."""
    folder.mkdir()
    faces = make_faces(N_DIFFERENT // 6, 1, image_size=(380, 380), random_state=1).images
    for number, face in enumerate(faces):
        cv2.imwrite(str(folder / f"{number:03d}.jpg"), paste(face, PHOTOGRAPH))
    return folder


def paste(face, shape, shift=0):
    """Return a grey picture with a face in its centre, shifted to the right."""
    picture = np.full(shape, 128, np.uint8)
    top, left = (shape[0] - face.shape[0]) // 2, (shape[1] - face.shape[1]) // 2 + shift
    picture[top : top + face.shape[0], left : left + face.shape[1]] = face
    return picture


def measure_alone(model, paths, repeats):
    """Compare the prediction of files on one thread with search and network alone."""
    greys = {path: read_image(path) for path in set(paths)}
    detectors, landmark_model = default_detectors(), shipped_landmark_model()
    found = {
        path: search_all_eyes(grey, detectors, landmark_model)[0] for path, grey in greys.items()
    }
    known = [path for path in paths if not found[path].problem]
    faces = make_face_array([greys[path] for path in known], [found[path].eyes for path in known])
    aligned = model["align"].transform(faces)

    def alone():
        for path in paths:
            search_all_eyes(greys[path], detectors, landmark_model)
        for start in range(0, len(aligned), 64):
            model["classify"].predict_proba(aligned[start : start + 64])

    def ours():
        predict_images(model, paths)

    return compare_on_one_thread(
        "photographs", "detector, landmarks and network alone", ours, alone, paths, repeats
    )


def measure_cores(model, paths, repeats):
    """Compare two threads with one; neither OpenCV nor torch starts any of its own."""
    return compare_on_one_thread(
        "two-cores",
        "one core",
        lambda: predict_images(model, paths, n_jobs=2),
        lambda: predict_images(model, paths, n_jobs=1),
        paths,
        repeats,
    )


def compare_on_one_thread(name, rival, ours, theirs, paths, repeats):
    threads = cv2.getNumThreads(), torch.get_num_threads()
    cv2.setNumThreads(1)
    torch.set_num_threads(1)
    row = compare(ours, theirs, len(paths), repeats)
    cv2.setNumThreads(threads[0])
    torch.set_num_threads(threads[1])
    return {"name": name, "rival": rival, "n_images": len(paths), **row}


def measure_many(model, folder, n_images):
    """Predict one small file over and over, by other names."""
    face = make_faces(1, 1, expressions=("happy",), image_size=(190, 190), random_state=3).images[0]
    file = folder / "small.png"
    cv2.imwrite(str(file), paste(face, SMALL))
    links = folder / "links"
    links.mkdir()

    def names():
        for number in range(n_images):
            link = links / f"{number}.png"
            os.link(file, link)
            yield link

    return measure_memory("images", stream_predictions(model, names(), n_jobs=2), n_images)


def measure_video(model, folder, n_seconds):
    """Predict each frame of a video of 720 lines in which a face moves."""
    face = make_faces(1, 1, expressions=("happy",), image_size=(400, 400), random_state=3).images[0]
    path = folder / "long.mp4"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*"mp4v"), RATE, FRAME[::-1])
    for number in range(n_seconds * RATE):
        shift = round(300 * np.sin(number / (5 * RATE)))
        writer.write(cv2.cvtColor(paste(face, FRAME, shift), cv2.COLOR_GRAY2BGR))
    writer.release()
    stream = stream_video(model, path, n_jobs=2)
    return measure_memory("video-frames", stream, n_seconds * RATE)


def measure_memory(name, stream, n_items):
    """Run a stream of `n_items` rows; look at the process after a tenth, a half and all of them."""
    marks = iter((n_items // 10, n_items // 2, n_items))
    mark, n_rows, looks = next(marks), 0, []
    start = time.perf_counter()
    for table in stream:
        n_rows += len(table)
        while mark is not None and n_rows >= mark:
            looks.append(look_at_process())
            mark = next(marks, None)
    resident, files = zip(*looks, strict=True)
    return {
        "name": name,
        "n_items": n_rows,
        "seconds": time.perf_counter() - start,
        "resident_bytes": list(resident),
        "open_files": list(files),
    }


def look_at_process():
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE"), len(os.listdir("/proc/self/fd"))


if __name__ == "__main__":
    main()
