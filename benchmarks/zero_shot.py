"""The model of the package fer beside methods of ours: `python -m benchmarks.zero_shot CROPS`.

All see the same faces and folds by subject. fer's model was trained on other data and learns
nothing here; ours are trained in each fold, on people other than those of the test. Of fer's seven
classes, neutral is left out, since no face is neutral. `benchmarks.run` does this on synthetic
faces; this command on the 48x48 crops of CK+, with the border that fer adds to faces it has found
and without.
"""

import argparse
import json
from pathlib import Path

import numpy as np

from benchmarks._environments import MissingRival, Remote
from benchmarks.rivals.fer_model import LABELS
from skfer.alignment import SQUARE_CROP, FaceAligner
from skfer.classifiers import PredictorAdapter
from skfer.datasets import load_ck48, make_faces
from skfer.evaluation import evaluate_subject_independent
from skfer.evaluation._records import append_run_log, checkout_commit, collect_metadata
from skfer.pipelines import make_cspp_pipeline, make_gabor_svm_pipeline

OTHER_DATA = "other data"
THESE_FACES = "these faces, other people"


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("crops", type=Path, help="folder with CK+48")
    parser.add_argument("--log", type=Path, required=True, help="log of all runs")
    options = parser.parse_args(arguments)
    data = load_ck48(options.crops)
    for border in (0, 10):
        name = f"fer {border} pixels of border"
        adapter = fer_adapter(data.faces, border)
        result = evaluate_subject_independent(
            {name: adapter}, data.faces, data.target, info=data.frame[["sequence"]], cv=8
        )[name]
        metadata = collect_metadata(
            command="python -m benchmarks.zero_shot CROPS",
            dataset="ck48",
            n_images=len(data.target),
            n_subjects=len(np.unique(data.subjects)),
            classes=data.target_names,
            seed=0,
        )
        run = {"parameters": {"border": border, "trained_on": OTHER_DATA}}
        append_run_log(options.log, result, metadata | run | {"commit": checkout_commit()})
        print(json.dumps({"method": name, **result.summary()}))


def measure(options):
    """Return a row per method on synthetic faces, and the reason if fer is missing."""
    n_subjects = max(4, options.images // 20)
    data = make_faces(n_subjects, 2, image_size=(160, 160), random_state=0)
    faces = FaceAligner((48, 48), crop=SQUARE_CROP).fit_transform(data.faces)
    methods, missing = {}, []
    try:
        methods["fer"] = fer_adapter(faces)
    except MissingRival as reason:
        missing.append(
            {"section": "accuracy", "name": "fer", "rival": "fer", "reason": str(reason)}
        )
    methods["Gabor + SVM"] = make_gabor_svm_pipeline(align=None)
    methods["C-SPP"] = make_cspp_pipeline(align=None, random_state=0, device="cpu", **options.cspp)
    results = evaluate_subject_independent(methods, faces, data.target, cv=3)
    rows = [
        {
            "method": name,
            "data": f"{len(data.target)} synthetic faces of {n_subjects} people",
            "trained_on": OTHER_DATA if name == "fer" else THESE_FACES,
        }
        | {
            key: result.summary()[key]
            for key in ("n_images", "n_correct", "pooled_accuracy", "ci_low", "ci_high", "chance")
        }
        for name, result in results.items()
    ]
    return rows, missing


def fer_adapter(faces, border=0):
    """Return a classifier with the answers of fer to these faces, asked once."""
    images = np.stack(list(faces["image"]))
    rival = Remote("fer", "fer", "fer_model:make_classifier", images=images, offset=border)
    answers = dict(zip((image.tobytes() for image in images), rival.output(), strict=True))
    rival.close()

    def look_up(asked):
        return np.array([answers[image.tobytes()] for image in asked])

    return PredictorAdapter(look_up, list(LABELS))


if __name__ == "__main__":
    main()
