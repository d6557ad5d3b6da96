"""The sub-command `skfer evaluate`: methods by protocols on one data set."""

import json
import shutil

from skfer.cli._arguments import add_folds_option, add_training_options, at_least
from skfer.cli._data_options import add_data_options
from skfer.cli._methods import METHODS, check_method, make_method
from skfer.cli._only_folds import (
    add_only_folds,
    check_numbers,
    finish_part,
    prepare_part,
    whole_command,
)
from skfer.cli._output import (
    add_json_option,
    add_output_options,
    check_output,
    portable_command,
    prepare_drawing,
    result_on_stdout,
)
from skfer.cli._scale import add_scale_options, check_scale
from skfer.cli._tables import format_results

_SPLITS = {"subject": ["subject"], "image": ["image"], "both": ["subject", "image"]}


def add_parser(commands):
    """Add the sub-command to what ``ArgumentParser.add_subparsers`` returned."""
    parser = commands.add_parser(
        "evaluate",
        help="cross-validate methods on people they have never seen",
        description="Cross-validate methods on a data set, subject by subject, and write "
        "results.json, images.csv, subjects.csv, folds.csv, classes.csv, report.html, and "
        "config.toml, from which --config runs it again.",
    )
    parser.set_defaults(run=run, how_to_go_on="Finished folds are kept: add --resume to go on.")
    add_data_options(parser)
    protocol = parser.add_argument_group("protocol")
    protocol.add_argument(
        "--method",
        action="append",
        required=True,
        choices=[*METHODS],
        dest="methods",
        help="method to evaluate; may be repeated",
    )
    add_folds_option(protocol)
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
        choices=[*_SPLITS],
        default="subject",
        help="by subject (default), by image (LEAKY, for comparison only) or both",
    )
    add_training_options(protocol)
    add_scale_options(protocol)
    add_only_folds(protocol)
    output = parser.add_argument_group("output")
    add_output_options(output)
    add_json_option(output)
    output.add_argument(
        "--show-faces",
        action="store_true",
        help="show faces in the report although the data set may not be passed on: keep it to "
        "yourself",
    )


def run(options, argv):
    """Evaluate; write the results after each method and the report at the end, however it ends."""
    from skfer.utils._files import only_writer

    prepare_drawing("skfer evaluate", "jinja2")  # what is missing is missed now, not after an hour
    with result_on_stdout(options) as results:
        prepare_part(options)
        check_scale(options)
        check_output(options, (".cache", "results.json"))
        prepared = _prepare(options)
        metadata = _describe(options, argv, prepared)
        if options.only_folds is not None:
            for _ in _evaluate(options, prepared.data, options.out / ".cache"):
                pass  # the folds are kept as they are finished
            _write_config(options)
            finish_part(options, metadata)
            return
        with only_writer(options.out / "results.json"):
            _write_results(options, prepared.data, metadata)
        results.append(json.loads((options.out / "results.json").read_text()))


def _prepare(options):
    from skfer.cli import _data
    from skfer.cli._protocol import check_columns, check_folds, count_folds

    def check(data):
        for method in options.methods:
            check_method(method, _data.has_sequences(data.faces))
        check_columns(options, data)
        check_numbers(options, count_folds(options, data))
        if options.split != "image":
            check_folds(options, data)

    return _data.prepare_data(options, check)


def _describe(options, argv, prepared):
    """Return what the results say of the run."""
    from skfer.evaluation._records import collect_metadata

    data = prepared.data
    return collect_metadata(
        command=portable_command(whole_command(argv)),
        dataset=options.dataset,
        n_images=len(data.target),
        n_subjects=len(set(data.subjects)),
        classes=data.target_names,
        seed=options.seed,
        n_eyes_not_found=len(prepared.eyes_not_found),
        on_missing=options.on_missing,
        guessed=prepared.eyes_not_found if options.on_missing == "guess" else [],
        left_out=prepared.left_out,
        notes=prepared.notes + prepared.doubts,
        description=data.DESCR,
    )


def _evaluate(options, data, cache):
    """Yield estimator and result of each method by each split."""
    from skfer.cli._data import has_sequences
    from skfer.cli._protocol import evaluate_split

    align = None if data.cropped else "eyes"
    sequences = has_sequences(data.faces)
    for method in dict.fromkeys(options.methods):
        for split in _SPLITS[options.split]:
            print(f"\n{method}, split by {split}{' (LEAKY)' if split == 'image' else ''}")
            estimator = make_method(
                method, align=align, random_state=options.seed, sequences=sequences
            )
            result = evaluate_split(
                split,
                {method: estimator},
                data,
                options,
                memory=cache,
                n_repeats=options.repeats,
                only_folds=options.only_folds,
            )
            yield estimator, result


def _write_results(options, data, metadata):
    """Evaluate; write the results after each method, and the report however it ends."""
    from skfer.evaluation import summarize_results
    from skfer.evaluation._records import append_run_log, describe_run, write_results

    cache = _open_cache(options)
    _write_config(options)
    results = []
    try:
        for estimator, result in _evaluate(options, data, cache):
            results.append(result)
            if options.log is not None:
                run = metadata | describe_run(estimator, options.out / "images.csv")
                append_run_log(options.log, result, run)
            write_results(options.out, results, metadata)
    finally:
        if results:
            _write_report(options, results, metadata, data)
    table = format_results(summarize_results(results))
    print(f"\n{table}\n\nReport: {options.out / 'report.html'}")


def _write_config(options):
    from skfer.utils._files import atomic_path

    with atomic_path(options.out / "config.toml") as path:
        path.write_text(options.config_text, "utf-8", errors="replace")


def _open_cache(options):
    """Return the folder of the finished folds, emptied unless the run goes on."""
    cache = options.out / ".cache"
    if cache.is_symlink() and not options.resume:
        cache.unlink()  # what it leads to may be anything
    elif cache.exists() and not options.resume:
        shutil.rmtree(cache)
    return cache


def _write_report(options, results, metadata, data):
    from skfer.alignment import FaceAligner
    from skfer.evaluation._records import compare_methods
    from skfer.evaluation._report._write import write_report

    write_report(
        options.out / "report.html",
        results,
        metadata,
        description=data.DESCR,
        comparisons=compare_methods(results),
        faces=data.faces,
        aligner=None if data.cropped else FaceAligner((96, 96)),
        redistributable=data.redistributable,
        show_faces=options.show_faces,
    )
