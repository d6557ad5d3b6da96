"""The sub-command `skfer evaluate`: methods by protocols on one data set."""

import argparse
import ast
import os
import shutil
import warnings
from contextlib import suppress
from pathlib import Path

from skfer.cli._arguments import at_least
from skfer.cli._methods import METHODS, make_method
from skfer.cli._only_folds import (
    add_only_folds,
    check_numbers,
    finish_part,
    prepare_part,
    whole_command,
)
from skfer.cli._output import add_output_options, check_output, portable_command
from skfer.cli._scale import add_scale_options, check_scale, parallel
from skfer.cli._tables import format_results

_LONDON_NOTE = (
    "The shipped landmark model was fitted on the neutral portraits of this set, so its eyes "
    "may give the label away. For a figure to publish: python -m benchmarks.alignment"
)
_CONSTANTS = {"true": "True", "false": "False", "none": "None"}  # as people write them
_SPLITS = {"subject": ["subject"], "image": ["image"], "both": ["subject", "image"]}


def add_parser(commands):
    """Add the sub-command to what ``ArgumentParser.add_subparsers`` returned."""
    parser = commands.add_parser(
        "evaluate",
        help="cross-validate methods on people they have never seen",
        description="Cross-validate methods on a data set, subject by subject, and write "
        "results.json, images.csv, subjects.csv, folds.csv, classes.csv and report.html.",
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
        help="option of the data set, such as cropped=true or csv=FILE (as seen from the folder); "
        "may be repeated",
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
        "--folds",
        type=at_least(2),
        metavar="K",
        help="default: as published for the data set, else 8",
    )
    protocol.add_argument(
        "--repeats",
        type=at_least(1),
        default=1,
        metavar="N",
        help="evaluations by subject, each with another deal of the folds and other seeds "
        "(default: 1)",
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
    add_scale_options(protocol)
    add_only_folds(protocol)
    output = parser.add_argument_group("output")
    add_output_options(output)
    output.add_argument(
        "--show-faces",
        action="store_true",
        help="show faces in the report although the data set may not be passed on: keep it to "
        "yourself",
    )


def run(options, argv):
    """Evaluate; write the results after each method and the report at the end, however it ends."""
    from skfer.utils._optional import require

    os.environ.setdefault("MPLBACKEND", "agg")
    for package in ("jinja2", "matplotlib"):  # missed now, not after an hour of training
        require(package, extra="cli", needed_by="skfer evaluate")
    from skfer.cli._evaluate_data import load_data, locate_eyes
    from skfer.evaluation import summarize_results
    from skfer.evaluation._records import (
        append_run_log,
        collect_metadata,
        describe_run,
        write_results,
    )

    prepare_part(options)
    check_scale(options)
    check_output(options, (".cache", "results.json"))
    data, left_out = load_data(options)
    print(f"{options.dataset}: {len(data.target)} images, {len(set(data.subjects))} subjects")
    notes = [_LONDON_NOTE] if options.dataset == "london" else []
    print("".join(f"Note: {note}\n" for note in notes), end="")
    _check_folds(options, data)
    n_eyes_not_found = 0
    if not data.cropped:
        data, problems = locate_eyes(data, options)
        n_eyes_not_found = len(problems)
        left_out += problems if options.on_missing == "skip" else []
    notes += _find_doubts(data)
    metadata = collect_metadata(
        command=portable_command(whole_command(argv)),
        dataset=options.dataset,
        n_images=len(data.target),
        n_subjects=len(set(data.subjects)),
        classes=data.target_names,
        seed=options.seed,
        n_eyes_not_found=n_eyes_not_found,
        on_missing=options.on_missing,
        left_out=left_out,
        notes=notes,
        description=data.DESCR,
    )
    cache = options.out / ".cache"
    if cache.is_symlink() and not options.resume:
        cache.unlink()  # what it leads to may be anything
    elif cache.exists() and not options.resume:
        shutil.rmtree(cache)
    align = None if data.cropped else "eyes"
    results = []
    try:
        for method in dict.fromkeys(options.methods):
            for split in _SPLITS[options.split]:
                print(f"\n{method}, split by {split}{' (LEAKY)' if split == 'image' else ''}")
                estimator = make_method(method, align=align, random_state=options.seed)
                result = _evaluate_split(split, {method: estimator}, data, options)
                if options.only_folds is not None:
                    continue
                results.append(result)
                if options.log is not None:
                    run = metadata | describe_run(estimator, options.out / "images.csv")
                    append_run_log(options.log, result, run)
                write_results(options.out, results, metadata)
    finally:
        if results:
            _write_report(options, results, metadata, data)
    if options.only_folds is not None:
        finish_part(options, metadata)
        return
    table = format_results(summarize_results(results))
    print(f"\n{table}\n\nReport: {options.out / 'report.html'}")


def _check_folds(options, data):
    from skfer.evaluation import subject_folds

    n_subjects, n_folds = len(set(data.subjects)), _n_folds(options, data)
    check_numbers(options, n_folds)
    if options.split == "image":
        return
    if n_folds > n_subjects > 1:
        raise ValueError(f"--folds {n_folds}: {n_subjects} subjects allow 2 to {n_subjects} folds.")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the evaluation warns
        subject_folds(data.target, data.subjects, n_folds)


def _find_doubts(data):
    """Return what the evaluation warns of, for those who read the report alone."""
    from skfer._subjects import warn_doubtful_subjects
    from skfer.evaluation._guards._near_duplicates import warn_near_duplicates

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        warn_doubtful_subjects(data.subjects)
        warn_near_duplicates(data.faces, data.subjects)
    return [str(warning.message) for warning in caught]


def _evaluate_split(split, methods, data, options):
    from skfer.evaluation import evaluate_image_split, evaluate_subject_independent

    how = {
        "info": data.info,
        "cv": _n_folds(options, data),
        "n_jobs": options.jobs,
        "memory": options.out / ".cache",
        "only_folds": options.only_folds,
        "verbose": 1,
    }
    if split == "image":
        evaluate, how["random_state"] = evaluate_image_split, options.seed
    else:
        evaluate, how["n_repeats"] = evaluate_subject_independent, options.repeats
        how["random_state"] = options.seed if options.repeats > 1 else None
    with parallel(options):
        (result,) = evaluate(methods, data.faces, data.target, data.subjects, **how).values()
    return result


def _n_folds(options, data):
    """Return the number of folds: as asked for, else the paper's for this data set, else 8."""
    return data.get("n_folds", 8) if options.folds is None else options.folds


def _write_report(options, results, metadata, data):
    from skfer.alignment import FaceAligner
    from skfer.evaluation._records import compare_methods
    from skfer.evaluation._report._write import write_report

    write_report(
        options.out / "report.html",
        results,
        metadata,
        title=f"Facial expressions of {options.dataset}",
        description=data.DESCR,
        comparisons=compare_methods(results),
        faces=data.faces,
        aligner=None if data.cropped else FaceAligner((96, 96)),
        redistributable=data.redistributable,
        show_faces=options.show_faces,
    )


def _parse_setting(text):
    key, equals, value = text.partition("=")
    if not (key.isidentifier() and equals):
        raise argparse.ArgumentTypeError(f"'{text}' is not of the form KEY=VALUE")
    with suppress(SyntaxError, ValueError, MemoryError, RecursionError):
        return key, ast.literal_eval(_CONSTANTS.get(value.lower(), value))
    return key, value
