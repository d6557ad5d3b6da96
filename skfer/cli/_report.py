"""The sub-command `skfer report`: the report of stored results, drawn anew."""

from pathlib import Path

from skfer.cli._output import check_writable, prepare_drawing


def add_parser(commands):
    """Add the sub-command to what ``ArgumentParser.add_subparsers`` returned."""
    parser = commands.add_parser(
        "report",
        help="draw the report of stored results anew",
        description="Write the HTML report of a results.json and the tables beside it, without "
        "the data and without computing. Faces are left out.",
    )
    parser.set_defaults(run=run, how_to_go_on="The same command starts again.")
    parser.add_argument(
        "results",
        type=Path,
        metavar="RESULTS",
        help="results.json of `skfer evaluate`, or the folder that has it",
    )
    parser.add_argument(
        "--out",
        type=Path,
        metavar="FILE",
        help="HTML file to write (default: report.html beside results.json, which it replaces)",
    )


def run(options, argv):
    """Read, check and write."""
    prepare_drawing("skfer report", "jinja2")
    from skfer.evaluation._report._write import write_stored_report
    from skfer.evaluation._stored_results import read_run

    metadata, results = read_run(options.results)
    folder = options.results if options.results.is_dir() else options.results.parent
    out = folder / "report.html" if options.out is None else options.out
    if out.suffix.lower() not in (".html", ".htm"):
        raise ValueError(f"--out '{out}': it is the HTML file to write; end it with .html.")
    check_writable("--out", out.parent, out)
    write_stored_report(out, results, metadata)
    print(f"Report: {out}\nIt shows no faces, because it was made without the images.")
