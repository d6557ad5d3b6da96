"""The sub-command `skfer evaluate`: methods by protocols on one data set."""

import argparse
import ast
import os
import shlex
import shutil
import warnings
from pathlib import Path

from skfer.cli._methods import METHODS, make_method

_LONDON_NOTE = (
    "Note: the shipped landmark model was fitted on the neutral portraits of this set, so its eyes "
    "may give the label away. For a figure to publish: python -m benchmarks.alignment"
)
_SPLITS = {"subject": ["subject"], "image": ["image"], "both": ["subject", "image"]}


def add_parser(commands):
    """Add the sub-command to what ``ArgumentParser.add_subparsers`` returned."""
    parser = commands.add_parser(
        "evaluate",
        help="cross-validate methods on people they have never seen",
        description="Cross-validate methods on a data set, subject by subject, and write "
        "results.json, images.csv, subjects.csv, folds.csv and report.html.",
        allow_abbrev=False,
    )
    parser.set_defaults(run=run, how_to_go_on="Finished folds are kept: add --resume to go on.")
    data = parser.add_argument_group("data")
    data.add_argument(
        "--dataset",
        required=True,
        metavar="NAME",
        help="such as ck48, ckplus, image-folder, jaffe, london, mmi, nimstim, yale or synthetic",
    )
    data.add_argument(
        "--data-home", type=Path, metavar="DIR", help="folder of the data (default: $SKFER_DATA)"
    )
    data.add_argument(
        "--pattern", metavar="REGEX", help="for an image folder: what in a path is the subject, ..."
    )
    data.add_argument(
        "--set",
        action="append",
        default=[],
        type=_parse_setting,
        metavar="KEY=VALUE",
        help="option of the data set, such as n_subjects=20; may be repeated",
    )
    protocol = parser.add_argument_group("protocol")
    protocol.add_argument(
        "--method",
        action="append",
        required=True,
        choices=METHODS,
        dest="methods",
        help="method to evaluate; may be repeated",
    )
    protocol.add_argument(
        "--folds", type=int, metavar="K", help="default: as published for the data set, else 8"
    )
    protocol.add_argument(
        "--split",
        choices=_SPLITS,
        default="subject",
        help="by subject (default), by image (LEAKY, for comparison only) or both",
    )
    protocol.add_argument(
        "--on-missing",
        choices=["raise", "skip", "guess"],
        default="guess",
        help="photographs without eyes: guess them from the face box (default), skip the images, "
        "or stop",
    )
    protocol.add_argument("--seed", type=int, default=0, help="default: 0")
    protocol.add_argument(
        "--jobs", type=int, default=1, metavar="N", help="folds at the same time (default: 1)"
    )
    output = parser.add_argument_group("output")
    output.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder to write to")
    output.add_argument(
        "--resume", action="store_true", help="take the folds an interrupted run has finished"
    )
    output.add_argument(
        "--log", type=Path, metavar="FILE", help="append a line of JSON for each result"
    )
    output.add_argument("--debug", action="store_true", help="show the traceback of an error")


def run(options, argv):
    """Evaluate; write the results after each method and the report at the end, however it ends."""
    from skfer.utils._optional import require

    os.environ.setdefault("MPLBACKEND", "agg")
    for package in ("jinja2", "matplotlib"):  # missed now, not after an hour of training
        require(package, extra="cli", needed_by="skfer evaluate")
    from skfer.evaluation import summarize_results
    from skfer.evaluation._records import append_run_log, collect_metadata, write_results

    data = _load_data(options)
    print(f"{options.dataset}: {len(data.target)} images, {len(set(data.subjects))} subjects")
    if options.dataset == "london":
        print(_LONDON_NOTE)
    faces, n_eyes_not_found = data.faces, 0
    if not data.cropped:
        faces, data, n_eyes_not_found = _locate_eyes(data, options)
    metadata = collect_metadata(
        command=_portable_command(argv),
        dataset=options.dataset,
        n_images=len(data.target),
        n_subjects=len(set(data.subjects)),
        classes=data.target_names,
        seed=options.seed,
        n_eyes_not_found=n_eyes_not_found,
    )
    cache = options.out / ".cache"
    if not options.resume:
        shutil.rmtree(cache, ignore_errors=True)
    align = None if data.cropped else "eyes"
    results = []
    try:
        for method in dict.fromkeys(options.methods):
            for split in _SPLITS[options.split]:
                print(f"\n{method}, split by {split}{' (LEAKY)' if split == 'image' else ''}")
                estimator = make_method(method, align=align, random_state=options.seed)
                result = _evaluate_split(split, estimator, faces, data, options, cache)
                results.append((method, result))
                if options.log is not None:
                    append_run_log(options.log, method, result, metadata)
                write_results(options.out, results, metadata)
    finally:
        if results:
            _write_report(options, results, metadata, faces, data)
    print(f"\n{_format_table(summarize_results(results))}\n\nReport: {options.out / 'report.html'}")


def _load_data(options):
    from skfer.datasets import load_dataset

    settings = dict(options.set)
    if options.pattern is not None:
        settings["pattern"] = options.pattern
    if options.dataset == "synthetic":
        settings.setdefault("random_state", options.seed)
    try:
        return load_dataset(options.dataset, data_home=options.data_home, **settings)
    except TypeError as error:  # a --set the reader does not know
        raise ValueError(f"The options of the data set do not fit: {error}") from error


def _evaluate_split(split, estimator, faces, data, options, cache):
    from skfer.evaluation import evaluate_image_split, evaluate_subject_independent

    shared = {"n_jobs": options.jobs, "memory": cache, "verbose": 1}
    shared["cv"] = _n_folds(options, data)
    if split == "image":
        shared["random_state"] = options.seed
        return evaluate_image_split(estimator, faces, data.target, data.subjects, **shared)
    return evaluate_subject_independent(estimator, faces, data.target, data.subjects, **shared)


def _n_folds(options, data):
    """Return the number of folds: as asked for, else the paper's for this data set, else 8."""
    return data.get("n_folds", 8) if options.folds is None else options.folds


def _locate_eyes(data, options):
    """Find the eyes once, not again in each fold: nothing is learned from the data here."""
    from sklearn.utils import Bunch

    from skfer.alignment import EyeLocator, drop_missing
    from skfer.utils._text import join_some

    locator = EyeLocator(on_missing=options.on_missing, n_jobs=options.jobs, verbose=1)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Found no eyes")  # counted below
        faces = locator.fit_transform(data.faces)
    n_missing = len(locator.missing_)
    if n_missing:
        names = join_some(locator.missing_["name"])
        print(f"No eyes found in {n_missing} of {len(faces)} photographs: {names}.")
    if n_missing and options.on_missing == "guess":
        print("Their eyes are guessed from the face box.")
    if n_missing and options.on_missing == "skip":
        print("They are skipped.")
        (faces, target, subjects), _ = drop_missing(faces, data.target, data.subjects)
        data = Bunch(**{**data, "target": target, "subjects": subjects})
    return faces, data, n_missing


def _write_report(options, results, metadata, faces, data):
    from skfer.evaluation._report import write_report

    write_report(
        options.out / "report.html",
        results,
        metadata,
        title=f"Facial expressions of {options.dataset}",
        description=data.DESCR,
        faces=faces,
        redistributable=data.redistributable,
    )


def _format_table(summaries):
    def percent(column):
        return (100 * summaries[column]).map("{:.2f}".format)

    table = summaries[["method", "protocol"]].assign(
        pooled=percent("pooled_accuracy"),
        interval=percent("ci_low") + "-" + percent("ci_high"),
        folds=percent("fold_mean") + " ± " + percent("fold_std"),
        recall=percent("macro_recall"),
        seconds=(summaries["fit_seconds"] + summaries["predict_seconds"]).map("{:.1f}".format),
    )
    names = {"pooled": "pooled %", "interval": "95 % interval", "recall": "macro recall %"}
    return table.rename(columns=names).to_string(index=False)


def _parse_setting(text):
    key, equals, value = text.partition("=")
    if not (key.isidentifier() and equals):
        raise argparse.ArgumentTypeError(f"'{text}' is not of the form KEY=VALUE")
    try:
        return key, ast.literal_eval(value)
    except (SyntaxError, ValueError):
        return key, value


def _portable_command(argv):
    """Join the arguments; absolute paths keep only their last part, since results are published."""
    words = ["skfer"]
    for word in argv:
        key, equals, value = word.rpartition("=")
        is_option = not key or key.startswith("--") or key.isidentifier()
        is_path = is_option and Path(value).is_absolute()
        words.append(f"{key}{equals}{Path(value).name}" if is_path else word)
    return shlex.join(words)
