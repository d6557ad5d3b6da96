"""The sub-command `skfer evaluate`: methods by protocols on one data set."""

import json
import os
import shutil

from skfer.cli._arguments import add_folds_option, add_training_options, at_least
from skfer.cli._data_options import add_data_options
from skfer.cli._methods import METHODS, make_method
from skfer.cli._output import (
    add_json_option,
    add_output_options,
    check_output,
    portable_command,
    result_on_stdout,
)

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
    from skfer.utils._optional import require

    os.environ.setdefault("MPLBACKEND", "agg")
    for package in ("jinja2", "matplotlib"):  # missed now, not after an hour of training
        require(package, extra="cli", needed_by="skfer evaluate")
    with result_on_stdout(options) as results:
        check_output(options, (".cache", "results.json"))
        data = _prepare(options)
        with only_writer(options.out / "results.json"):
            _evaluate(options, argv, data)
        results.append(json.loads((options.out / "results.json").read_text()))


def _prepare(options):
    from skfer.cli import _data
    from skfer.cli._protocol import check_folds

    def check(data):
        if options.split != "image":
            check_folds(options, data)

    return _data.prepare_data(options, check)


def _evaluate(options, argv, prepared):
    from skfer.evaluation import summarize_results
    from skfer.evaluation._records import (
        append_run_log,
        collect_metadata,
        describe_run,
        write_results,
    )
    from skfer.utils._files import atomic_path

    data = prepared.data
    metadata = collect_metadata(
        command=portable_command(argv),
        dataset=options.dataset,
        n_images=len(data.target),
        n_subjects=len(set(data.subjects)),
        classes=data.target_names,
        seed=options.seed,
        n_eyes_not_found=prepared.n_eyes_not_found,
        on_missing=options.on_missing,
        left_out=prepared.left_out,
        notes=prepared.notes + prepared.doubts,
    )
    cache = _open_cache(options)
    with atomic_path(options.out / "config.toml") as path:
        path.write_text(options.config_text, "utf-8", errors="replace")
    align = None if data.cropped else "eyes"
    results = []
    try:
        for method in dict.fromkeys(options.methods):
            for split in _SPLITS[options.split]:
                print(f"\n{method}, split by {split}{' (LEAKY)' if split == 'image' else ''}")
                estimator = make_method(method, align=align, random_state=options.seed)
                result = _evaluate_split(split, {method: estimator}, data, options, cache)
                results.append(result)
                if options.log is not None:
                    run = metadata | describe_run(estimator, options.out / "images.csv")
                    append_run_log(options.log, result, run)
                write_results(options.out, results, metadata)
    finally:
        if results:
            _write_report(options, results, metadata, data)
    print(f"\n{_format_table(summarize_results(results))}\n\nReport: {options.out / 'report.html'}")


def _open_cache(options):
    """Return the folder of the finished folds, emptied unless the run goes on."""
    cache = options.out / ".cache"
    if cache.is_symlink() and not options.resume:
        cache.unlink()  # what it leads to may be anything
    elif cache.exists() and not options.resume:
        shutil.rmtree(cache)
    return cache


def _evaluate_split(split, methods, data, options, cache):
    from skfer.cli._protocol import evaluate_split

    return evaluate_split(split, methods, data, options, memory=cache, n_repeats=options.repeats)


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
