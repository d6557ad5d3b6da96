"""The sub-command `skfer merge`: one result from folds or results of several processes."""

from pathlib import Path

from skfer.cli._output import check_writable, prepare_drawing


def add_parser(commands):
    """Add the sub-command to what ``ArgumentParser.add_subparsers`` returned."""
    parser = commands.add_parser(
        "merge",
        help="put folds or results of several processes together",
        description="Write results.json, its tables and report.html from the folds that "
        "`skfer evaluate --only-folds` has finished, or from the results of several runs on the "
        "same images. Nothing is computed; folds that are missing are named.",
    )
    parser.set_defaults(run=run, how_to_go_on="The same command starts again.")
    parser.add_argument(
        "folders",
        nargs="+",
        type=Path,
        metavar="DIR",
        help="what was given to `skfer evaluate` as --out",
    )
    parser.add_argument(
        "--out", type=Path, metavar="DIR", help="folder to write to (default: the one given)"
    )
    parser.add_argument(
        "--overwrite", action="store_true", help="replace the results that --out has"
    )


def run(options, argv):
    """Merge, and write what `skfer evaluate` writes, except faces in the report."""
    prepare_drawing("skfer merge", "jinja2")
    from skfer.cli._tables import format_results
    from skfer.evaluation import summarize_results
    from skfer.evaluation._records import write_results
    from skfer.evaluation._report._write import write_stored_report
    from skfer.evaluation._stored_results import merge_runs
    from skfer.utils._files import only_writer

    out = _find_output(options)
    metadata, results = merge_runs(options.folders)
    with only_writer(out / "results.json"):
        write_results(out, results, metadata)
        write_stored_report(out / "report.html", results, metadata)
    print(f"{format_results(summarize_results(results))}\n\nReport: {out / 'report.html'}")
    print("It shows no faces, because it was made without the images.")


def _find_output(options):
    for folder in options.folders:
        if not folder.is_dir():
            raise ValueError(f"DIR '{folder}' is not a folder.")
    if options.out is None and len(options.folders) > 1:
        raise ValueError("Several folders are merged into another one: give it with --out DIR.")
    if options.out is None:
        return options.folders[0]
    check_writable("--out", options.out)
    if (options.out / "results.json").exists() and not options.overwrite:
        raise ValueError(
            f"--out '{options.out}' has results.json of an earlier run. Add --overwrite to replace "
            "it, or give another folder."
        )
    return options.out
