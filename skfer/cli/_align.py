"""The sub-command `skfer align`: a folder of photographs to a folder of aligned faces."""

import json
import os
from pathlib import Path

__all__ = ["add_parser", "run"]

_BATCH = 64
_CROPS = {"lopes": "LOPES_CROP", "square": "SQUARE_CROP", "none": None}


def add_parser(commands):
    """Add the sub-command to the parser.

    Parameters
    ----------
    commands : argparse sub-parsers action
        What ``ArgumentParser.add_subparsers`` returned.
    """
    parser = commands.add_parser(
        "align",
        help="find the faces of photographs and align them",
        description="Find the face of each image in a folder, align it by its eyes, and write the "
        "faces as PNG, index.csv with eyes and confidence, and sheet.png with the most doubtful "
        "ones. Interrupted, the same command goes on.",
        allow_abbrev=False,
    )
    parser.set_defaults(run=run, how_to_go_on="Aligned faces are kept: the same command goes on.")
    parser.add_argument("input", type=Path, metavar="IN", help="folder of images")
    parser.add_argument("output", type=Path, metavar="OUT", help="folder to write to")
    parser.add_argument("--size", type=int, default=48, metavar="PIXELS", help="default: 48")
    parser.add_argument(
        "--crop",
        choices=_CROPS,
        default="lopes",
        help="crop of Lopes et al. (default), a square one with cheeks and jaw, or none",
    )
    parser.add_argument(
        "--no-rotate", action="store_true", help="leave the line between the eyes as it is"
    )
    parser.add_argument(
        "--choose",
        choices=["score", "largest", "central", "only"],
        default="score",
        help="which of several faces counts (default: score)",
    )
    parser.add_argument(
        "--on-missing",
        choices=["raise", "skip", "guess"],
        default="skip",
        help="list images without eyes and skip them (default), guess the eyes, or stop",
    )
    parser.add_argument(
        "--yunet", type=Path, metavar="FILE", help="ONNX file of YuNet to find faces with"
    )
    parser.add_argument(
        "--jobs", type=int, default=1, metavar="N", help="images at the same time (default: 1)"
    )
    parser.add_argument("--debug", action="store_true", help="show the traceback of an error")


def run(options, argv):
    """Align batch by batch; what is in index.csv is done and not done again.

    Parameters
    ----------
    options : argparse.Namespace
        The parsed arguments.
    argv : list of str
        Ignored.

    Raises
    ------
    ValueError, OSError
        If there are no images, the output belongs to another job or lies in the input, or, with
        ``--on-missing raise``, an image cannot be read or has no eyes.
    """
    os.environ.setdefault("MPLBACKEND", "agg")
    import pandas as pd
    from tqdm import tqdm

    files = _find_files(options)
    _check_same_job(options)
    locator, aligner = _make_steps(options)
    index_file = options.output / "index.csv"
    done = set(_read_index(index_file)["path"]) if index_file.is_file() else set()
    waiting = [file for file in files if file not in done]
    with tqdm(total=len(files), initial=len(files) - len(waiting), desc="Aligning") as progress:
        for start in range(0, len(waiting), _BATCH):
            batch = waiting[start : start + _BATCH]
            rows = _align_batch(batch, options, locator, aligner)
            # One write a batch, after its faces: what the index lists is there.
            pd.DataFrame(rows).to_csv(
                index_file, mode="a", header=not index_file.is_file(), index=False
            )
            progress.update(len(batch))
    index = _read_index(index_file)
    _report(index, options)
    _draw_sheet(index, options, locator, aligner)


def _find_files(options):
    from skfer.datasets._index import find_image_files

    if not options.input.is_dir():
        raise FileNotFoundError(f"There is no folder '{options.input}'.")
    if options.output.resolve().is_relative_to(options.input.resolve()):
        raise ValueError(
            f"OUT '{options.output}' lies in IN '{options.input}': its faces would be aligned "
            "again. Choose another folder."
        )
    files, unreadable = find_image_files(options.input)
    for path, problem in unreadable:
        print(f"Left out: '{path}' ({problem}).")
    faces = {}
    for file in files:
        other = faces.setdefault(_face_file(file), file)
        if other != file:
            raise ValueError(f"'{other}' and '{file}' would both become '{_face_file(file)}'.")
    return files


def _face_file(file):
    return Path("faces", file).with_suffix(".png").as_posix()


def _check_same_job(options):
    settings = {
        name: str(getattr(options, name))
        for name in ("size", "crop", "no_rotate", "choose", "on_missing", "yunet")
    }
    file = options.output / "settings.json"
    if file.is_file() and json.loads(file.read_text()) != settings:
        raise ValueError(
            f"'{options.output}' holds faces that were aligned with other options (settings.json). "
            "Choose another folder or remove it."
        )
    options.output.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(settings, indent=1) + "\n")


def _make_steps(options):
    from skfer import alignment

    crop = _CROPS[options.crop]
    aligner = alignment.FaceAligner(
        (options.size, options.size),
        rotate=not options.no_rotate,
        crop=crop and getattr(alignment, crop),
    )
    detector = options.yunet and alignment.YuNetFaceDetector(options.yunet)
    locator = alignment.EyeLocator(
        detector=detector,
        choose=options.choose,
        on_missing="guess" if options.on_missing == "guess" else "skip",
        landmarks=True,
        n_jobs=options.jobs,
    )
    return locator, aligner


def _align_batch(batch, options, locator, aligner):
    """Write the aligned faces of some files; return their rows of the index."""
    import warnings

    import numpy as np

    from skfer.faces import make_face_array
    from skfer.utils._images import read_image

    problems, images = {}, {}
    for file in batch:
        try:
            images[file] = read_image(options.input / file)
        except ValueError as error:
            problems[file] = str(error)
    faces = None
    if images:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "Found no eyes")  # listed in the index
            faces = locator.fit_transform(make_face_array(list(images.values())))
        names = list(images)
        for row in locator.missing_.itertuples():
            problems[names[row.sample]] = row.problem
    if problems and options.on_missing == "raise":
        listed = "; ".join(f"'{file}': {problem}" for file, problem in problems.items())
        raise ValueError(f"Found no eyes in {len(problems)} images: {listed}.")
    rows = []
    for file in batch:
        face = faces[list(images).index(file)] if file in images else None
        known = face is not None and np.isfinite(face["eyes"]).all()
        if known:
            _write_face(options.output / _face_file(file), aligner, face)
        rows.append(_index_row(file, face, known, problems.get(file, "")))
    return rows


def _write_face(path, aligner, face):
    import numpy as np

    from skfer.utils._opencv import cv2

    path.parent.mkdir(parents=True, exist_ok=True)
    aligned = aligner.fit_transform(np.array([face], dtype=face.dtype))["image"][0]
    path.write_bytes(cv2.imencode(".png", aligned)[1].tobytes())


def _index_row(file, face, known, problem):
    eyes = face["eyes"].ravel().round(2) if known else [None] * 4
    return {
        "path": file,
        "face": _face_file(file) if known else "",
        **dict(zip(("left_x", "left_y", "right_x", "right_y"), eyes, strict=True)),
        "confidence": round(float(face["confidence"]), 3) if known else 0.0,
        "problem": problem,
    }


def _read_index(file):
    import pandas as pd

    return pd.read_csv(file, dtype={"path": str}, keep_default_na=False, na_values={"left_x": [""]})


def _report(index, options):
    missing = index[index["problem"] != ""]
    print(f"{(index['face'] != '').sum()} faces of {len(index)} images: {options.output}")
    for row in missing.head(10).itertuples():
        print(f"  {row.path}: {row.problem}")
    if len(missing) > 10:
        print(f"  and {len(missing) - 10} more, see index.csv")


def _draw_sheet(index, options, locator, aligner, n_faces=24):
    import pandas as pd

    from skfer.faces import make_face_array
    from skfer.inspection import AlignmentDisplay

    shown = index[~index["problem"].str.startswith("Cannot read")]
    shown = shown.sort_values("confidence", kind="stable").head(n_faces)
    if shown.empty:
        return
    eyes = shown[["left_x", "left_y", "right_x", "right_y"]].apply(pd.to_numeric, errors="coerce")
    paths = [options.input / path for path in shown["path"]]
    landmarks = locator.set_params(on_missing="skip").fit_transform(make_face_array(paths))
    landmarks["eyes"] = eyes.to_numpy(dtype=float).reshape(-1, 2, 2)
    landmarks["confidence"] = shown["confidence"].to_numpy(dtype=float)
    display = AlignmentDisplay.from_faces(landmarks, aligner, names=list(shown["path"]))
    display.figure_.savefig(options.output / "sheet.png", dpi=110, bbox_inches="tight")
