"""Measure what eye centres are worth: `python -m benchmarks.alignment DATA --data-home CK`.

The same methods, folds and seed on the same images, with eyes from two sources: London with eyes of
the Haar cascades alone and of supervised descent, trained out of fold because its portraits train
the shipped model; CK+ crops of 48x48 as they are and aligned anew by the shipped model.
"""

import argparse
import json
from pathlib import Path

from sklearn.frozen import FrozenEstimator
from sklearn.model_selection import GroupKFold

from benchmarks.landmark_data import face_box, load_portraits
from benchmarks.recipes import log_run, predictions_file
from benchmarks.train_landmarks import train
from skfer.alignment import EyeLocator
from skfer.alignment._cascades import stretch_contrast
from skfer.alignment._eye_cascades import find_eyes_in_box, mean_eyes_in_box
from skfer.cli._methods import make_method
from skfer.datasets import load_ck48, load_london
from skfer.evaluation import evaluate_subject_independent
from skfer.evaluation._records import collect_metadata
from skfer.utils._files import atomic_path
from skfer.utils._images import as_grey

METHODS = ("gabor-svm", "cspp")


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path, help="folder with london and landmark_extra")
    parser.add_argument("--data-home", type=Path, help="folder with CK+48; without it London alone")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--out", type=Path, required=True, help="file to add the results to")
    parser.add_argument("--log", type=Path, required=True, help="log of all runs")
    options = parser.parse_args(arguments)
    london = load_london(options.data)
    for eyes, (faces, n_missing) in {
        "Haar cascades": locate_by_cascades(london.faces),
        "Haar + SDM, out of fold": locate_out_of_fold(london, load_portraits(options.data)),
    }.items():
        evaluate("london", eyes, faces, n_missing, london, "eyes", options)
    if options.data_home is not None:
        crops = load_ck48(options.data_home)
        locator = EyeLocator(on_missing="guess", n_jobs=options.jobs, verbose=1)
        located = locator.fit_transform(crops.faces)
        n_missing = len(locator.missing_)
        print(f"CK+ crops without eyes: {n_missing} of {len(located)}")
        evaluate("ck48", "Haar + SDM", located, n_missing, crops, "eyes", options)
        evaluate("ck48", "none, as cropped", crops.faces, 0, crops, None, options)


def evaluate(dataset, eyes, faces, n_missing, data, align, options):
    """Cross-validate the methods; log each and write all results so far."""
    for name in METHODS:
        method = make_method(name, align=align, random_state=0)
        result = evaluate_subject_independent(
            {name: method}, faces, data.target, data.subjects, n_jobs=options.jobs, verbose=1
        )[name]
        metadata = collect_metadata(
            command=f"python -m benchmarks.alignment DATA # eyes: {eyes}",
            dataset=dataset,
            n_images=len(data.target),
            n_subjects=len(set(data.subjects)),
            classes=data.target_names,
            seed=0,
            n_eyes_not_found=n_missing,
            on_missing="guess",
        )
        predictions = predictions_file(options.out, dataset, eyes, name)
        log_run(options.log, predictions, result, metadata, method)
        row = {"dataset": dataset, "eyes": eyes, "method": name, **result.summary()}
        print(json.dumps(row), flush=True)
        write_row(options.out, row)


def write_row(path, row):
    """Add a row to the results, in place of an earlier one of the same condition."""
    rows = json.loads(path.read_text()) if path.is_file() else []
    key = ("dataset", "eyes", "method")
    rows = [old for old in rows if any(old[name] != row[name] for name in key)]
    with atomic_path(path) as unfinished:
        unfinished.write_text(json.dumps([*rows, row], indent=1) + "\n")


def locate_by_cascades(faces):
    """Locate eyes by cascades alone; also return how many have the mean eyes of their box."""
    faces, n_missing = faces.copy(), 0
    for face in faces:
        grey = stretch_contrast(as_grey(face["image"]))
        box = face_box(grey)
        eyes = find_eyes_in_box(grey, box)
        face["eyes"] = mean_eyes_in_box(box) if eyes is None else eyes
        n_missing += eyes is None
    return faces, n_missing


def locate_out_of_fold(data, portraits, n_folds=5):
    """Locate the eyes of each person by a landmark model that was fitted on other people."""
    faces = data.faces.copy()
    known = {portrait.subject for portrait in portraits}
    if not set(data.subjects) <= known:
        raise ValueError("Subjects of the portraits and of the data are not named alike.")
    for _, test in GroupKFold(n_folds).split(faces, groups=data.subjects):
        tested = set(data.subjects[test])
        model = train([portrait for portrait in portraits if portrait.subject not in tested])
        locator = EyeLocator(landmark_model=FrozenEstimator(model))
        faces["eyes"][test] = locator.fit_transform(data.faces[test])["eyes"]
    return faces, 0


if __name__ == "__main__":
    main()
