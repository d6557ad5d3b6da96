"""Train on one data set and test on another: `python -m benchmarks.cross_dataset DATA`.

The sources are faces rendered by the package and, with --data-home, the 48x48 CK+ crops; the
targets are the London portraits, with eyes of the Haar cascades alone, and the crops. Two sets that
share one expression only cannot be crossed, and the reason is written in place of figures.
"""

import argparse
import json
from pathlib import Path

import numpy as np
from sklearn.pipeline import make_pipeline
from sklearn.svm import SVC

from benchmarks.alignment import locate_by_cascades
from benchmarks.recipes import log_run, predictions_file
from skfer.alignment import SQUARE_CROP, FaceAligner
from skfer.datasets import load_ck48, load_london, make_faces
from skfer.descriptors import HOGDescriptor
from skfer.evaluation import evaluate_cross_dataset
from skfer.evaluation._records import collect_metadata
from skfer.pipelines import make_cspp_pipeline, make_gabor_svm_pipeline
from skfer.utils._files import atomic_path

RESULTS = Path(__file__).with_name("results") / "cross_dataset.json"
SHOWN = ("happy", "neutral")  # in the London set


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path, help="folder with london")
    parser.add_argument("--data-home", type=Path, help="folder with CK+48; without it London alone")
    parser.add_argument("--synthetic-subjects", type=int, default=24)
    parser.add_argument("--folds", type=int, default=4)
    parser.add_argument("--epochs", type=int, help="of C-SPP; default: those of the recipe")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--out", type=Path, required=True, help="file of the results")
    parser.add_argument("--log", type=Path, required=True, help="log of all runs")
    options = parser.parse_args(arguments)
    london = load_london(options.data)
    london.faces, _ = locate_by_cascades(london.faces)
    pairs = [("synthetic", "london", render(options, SHOWN, (160, 160)), london, "eyes")]
    if options.data_home is not None:
        crops = load_ck48(options.data_home)
        pairs.append(("ck48", "london", crops, london, "eyes"))
        pairs.append(("synthetic", "ck48", render(options, None, (48, 48)), crops, None))
    rows = []
    for source_name, target_name, source, target, align in pairs:
        rows += evaluate((source_name, target_name), source, target, align, options)
        options.out.parent.mkdir(parents=True, exist_ok=True)
        with atomic_path(options.out) as path:
            path.write_text(json.dumps(rows, indent=1) + "\n")


def render(options, expressions, image_size):
    """Render as many people as asked for; None stands for the six expressions of the crops."""
    kinds = {} if expressions is None else {"expressions": expressions}
    return make_faces(options.synthetic_subjects, 2, image_size=image_size, random_state=0, **kinds)


def evaluate(names, source, target, align, options):
    """Return a row per method, or one that says why the sets cannot be crossed."""
    dataset = " to ".join(names)
    try:
        results = evaluate_cross_dataset(
            make_methods(align, options),
            source,
            target,
            cv=options.folds,
            n_jobs=options.jobs,
            verbose=1,
        )
    except ValueError as error:
        print(f"{dataset}: {error}", flush=True)
        return [{"source": names[0], "target": names[1], "refused": str(error)}]
    rows = []
    for name, result in results.items():
        metadata = collect_metadata(
            command=f"python -m benchmarks.cross_dataset DATA # {dataset}",
            dataset=dataset,
            n_images=len(np.unique(result.images["image"])),
            n_subjects=result.images["subject"].nunique(),
            classes=list(result.classes),
            seed=0,
        )
        predictions = predictions_file(options.out, *names, name)
        method = make_methods(align, options)[name]
        log_run(options.log, predictions, result, metadata, method)
        rows.append({"source": names[0], "target": names[1], "method": name, **result.summary()})
        print(json.dumps(rows[-1]), flush=True)
    return rows


def make_methods(align, options):
    alignment = [] if align is None else [FaceAligner((48, 48), crop=SQUARE_CROP)]
    epochs = {} if options.epochs is None else {"max_epochs": options.epochs}
    return {
        "C-SPP": make_cspp_pipeline(align=align, random_state=0, **epochs),
        "Gabor + SVM": make_gabor_svm_pipeline(align=align),
        "HOG + SVM": make_pipeline(*alignment, HOGDescriptor(), SVC(kernel="linear")),
    }


if __name__ == "__main__":
    main()
