"""Compare systems of sequences with single frames: `python -m benchmarks.dynamics --out FILE`.

Two tables, on synthetic sequences from neutral to the peak, by subject. In the first the expression
can be told from the peak; in the second two smiles are to be told apart, which differ in timing
only. Eyes are known exactly. A score here says that a descriptor sees what it should, not that it
recognises the expressions of people.
"""

import argparse
import json
from pathlib import Path

from skfer.alignment import SQUARE_CROP, FaceAligner
from skfer.classifiers import FramewiseClassifier
from skfer.datasets import make_face_sequences
from skfer.descriptors import OpticalFlowDescriptor, PHOGTOPDescriptor
from skfer.evaluation import evaluate_subject_independent
from skfer.pipelines import (
    make_expressionlet_pipeline,
    make_phog_top_svm_pipeline,
    make_svm_pipeline,
)
from skfer.utils._files import atomic_path

RESULTS = Path(__file__).with_name("results") / "dynamics.json"
CASES = {
    "six expressions": ("anger", "disgust", "fear", "happy", "sad", "surprise"),
    "two smiles": ("felt smile", "posed smile"),
}
_FIGURES = ("n_images", "n_subjects", "n_correct", "pooled_accuracy", "ci_low", "ci_high")


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--subjects", type=int, default=40)
    parser.add_argument("--smiles", type=int, default=3, help="of each kind and subject")
    parser.add_argument("--folds", type=int, default=5)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", nargs="+", default=list(methods()), metavar="METHOD")
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args(arguments)
    rows = []
    for case, expressions in CASES.items():
        n_per_expression = options.smiles if case == "two smiles" else 1
        data = make_face_sequences(
            options.subjects,
            n_per_expression,
            expressions=expressions,
            random_state=options.seed,
        )
        faces = FaceAligner((48, 48), crop=SQUARE_CROP).fit_transform(data.faces)
        for method in options.only:
            result = evaluate_subject_independent(
                methods()[method], faces, data.target, cv=options.folds
            )
            row = {"case": case, "method": method, "chance": 1 / len(expressions)}
            rows.append(row | {name: result.summary()[name] for name in _FIGURES})
            print(describe(rows[-1]), flush=True)
    command = (
        f"python -m benchmarks.dynamics --subjects {options.subjects} --smiles {options.smiles} "
        f"--folds {options.folds} --seed {options.seed} --out FILE"
    )
    if options.only != list(methods()):
        command += " --only " + " ".join(f"'{name}'" for name in options.only)
    options.out.parent.mkdir(parents=True, exist_ok=True)
    with atomic_path(options.out) as path:
        path.write_text(json.dumps({"command": command, "results": rows}, indent=1) + "\n")


def methods():
    """Return the systems by name, for aligned sequences."""
    return {
        "HOG + SVM, first frame": _still("first"),
        "HOG + SVM, middle frame": _still("middle"),
        "HOG + SVM, peak frame": _still(1),
        "HOG + SVM, mean of the last three frames": _still(3),
        "HOG + SVM, mean of all frames": _still("all"),
        "PHOG-TOP + SVM": make_svm_pipeline(PHOGTOPDescriptor(), align=None),
        "flow + SVM": make_svm_pipeline(OpticalFlowDescriptor(), align=None),
        "PHOG-TOP + flow + SVM": make_phog_top_svm_pipeline(align=None),
        "expressionlets + LDA": make_expressionlet_pipeline(align=None, random_state=0),
    }


def describe(row):
    """Put a row of the table in a line."""
    low, high = 100 * row["ci_low"], 100 * row["ci_high"]
    return (
        f"| {row['case']} | {row['method']} | {100 * row['pooled_accuracy']:.1f} "
        f"| {low:.1f} to {high:.1f} |"
    )


def _still(frames):
    """Return a system that is trained on some of the frames, and judges the same."""
    still = make_svm_pipeline("hog", align=None)
    return FramewiseClassifier(still, fit_frames=frames, predict_frames=frames)


if __name__ == "__main__":
    main()
