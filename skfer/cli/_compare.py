"""The sub-command `skfer compare`: which method is better, and how certain that is."""

import json
import shutil
import textwrap
from pathlib import Path

from skfer.cli._output import check_writable

_LEGEND = (
    "Accuracy is pooled over all predictions; differences are in points, with the 95 % interval "
    "over subjects; p is from the sign-flip test over subjects, and 'p, Holm' is corrected for the "
    "number of pairs."
)


def add_parser(commands):
    """Add the sub-command to what ``ArgumentParser.add_subparsers`` returned."""
    parser = commands.add_parser(
        "compare",
        help="tell which method is better, and how certain that is",
        description="Compare methods that `skfer evaluate` has evaluated by subject on the same "
        "images: each pair with its difference, the 95 % interval over subjects and the p value.",
    )
    parser.set_defaults(run=run, how_to_go_on="Nothing was written.")
    parser.add_argument(
        "results",
        nargs="+",
        metavar="RESULTS",
        help="results.json of `skfer evaluate`, or the folder that has it; one may hold several "
        "methods",
    )
    parser.add_argument(
        "--json", action="store_true", help="print JSON with all figures instead of the tables"
    )
    parser.add_argument(
        "--csv", type=Path, metavar="FILE", help="write the comparisons with all figures as CSV"
    )


def run(options, argv):
    """Compare and print."""
    import pandas as pd

    from skfer.evaluation import summarize_results
    from skfer.evaluation._records import as_records
    from skfer.evaluation._stored_results import compare_stored, name_apart, read_runs
    from skfer.utils._csv import write_csv
    from skfer.utils._files import atomic_path

    if options.csv is not None:
        check_writable("--csv", options.csv.parent, options.csv)
    stored = name_apart(read_runs(options.results))
    comparisons, combined = compare_stored(stored)
    if options.csv is not None:
        frames = [frame.assign(dataset=dataset) for dataset, frame in comparisons.items()]
        with atomic_path(options.csv) as path:
            write_csv(path, pd.concat(frames))
    summaries = summarize_results([one.result for one in stored])
    if options.json:
        places = pd.DataFrame([(one.dataset, one.source) for one in stored])
        summaries[["dataset", "source"]] = places
        document = {
            "results": as_records(summaries),
            "comparisons": [
                {"dataset": dataset, **row}
                for dataset, frame in comparisons.items()
                for row in as_records(frame)
            ],
            "combined": [] if combined is None else as_records(combined),
        }
        print(json.dumps(document, indent=2, allow_nan=False))
    else:
        _print_tables(stored, summaries, comparisons, combined)


def _print_tables(stored, summaries, comparisons, combined):
    from skfer.cli._tables import format_comparisons, format_results
    from skfer.evaluation._metrics import unit_of
    from skfer.utils._text import count_of

    for dataset, comparison in comparisons.items():
        own = [one.dataset == dataset for one in stored]
        n_images, n_subjects = summaries[own].iloc[0][["n_images", "n_subjects"]]
        first = next(one.result for one in stored if one.dataset == dataset)
        images = count_of(n_images, unit_of(first.images))
        print(f"{dataset}: {images}, {count_of(n_subjects, 'subject')}\n")
        print(f"{format_results(summaries[own])}\n\n{format_comparisons(comparison)}\n")
        _print_conclusions(comparison)
    if combined is not None:
        print(f"{' and '.join(comparisons)} together")
        _print_conclusions(combined)
    left = sorted({one.result.protocol for one in stored} - {"subject-independent"})
    if left:
        print(
            f"Not compared: {', '.join(left)}. Only evaluations by subject measure the accuracy on "
            "new people."
        )
    print(textwrap.fill(_LEGEND, min(100, shutil.get_terminal_size().columns)))


def _print_conclusions(comparisons):
    """Say what each pair shows, at the usual level of 0.05."""
    from skfer.cli._tables import format_p

    for row in comparisons.to_dict("records"):
        better, worse, p = row["method_a"], row["method_b"], row["p_holm"]
        if row["difference"] < 0:
            better, worse = worse, better
        points = 100 * abs(row["difference"])
        figure = f"{points:.2f} points, p = {format_p(p)}".replace("= <", "< ")
        if p < 0.05:
            print(f"{better} is better than {worse} ({figure}).")
        else:
            print(f"It is not shown that {better} and {worse} differ ({figure}).")
    print()
