"""Compare finished recipes over their deals: `python -m benchmarks.pairs --recipe A --recipe B`.

The figures of each recipe are those of the predictions of all deals together, in which an image is
right in a share of the deals. Then every pair is tested over subjects, on the sums of the deals.
"""

import argparse
from pathlib import Path

import pandas as pd

from benchmarks.recipes import RESULTS, predictions_file
from skfer.evaluation import EvaluationResult, compare_results

_FIGURES = [
    *("recipe", "n_repeats", "pooled_accuracy", "repeat_std", "ci_low", "ci_high"),
    *("macro_recall", "sequence_accuracy"),
]
_COMPARED = ["method_a", "method_b", "difference", "ci_low", "ci_high", "p_subjects", "p_holm"]


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--recipe", action="append", dest="recipes", required=True)
    parser.add_argument("--repeats", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--subjects", choices=["all", "first", "second"], default="all")
    parser.add_argument("--folds", type=int, default=8)
    parser.add_argument("--results", type=Path, default=RESULTS, help="of the recipes")
    options = parser.parse_args(arguments)
    of_runs = options.subjects, options.folds
    results = {
        recipe: join_deals(
            {
                deal: predictions_file(options.results, recipe, *of_runs, deal)
                for deal in options.repeats
            }
        )
        for recipe in options.recipes
    }
    figures = [{"recipe": name} | result.summary() for name, result in results.items()]
    print(show(pd.DataFrame(figures)[_FIGURES]))
    if len(results) > 1:
        print(show(compare_results(results)[_COMPARED]))


def join_deals(files):
    """Return one result of the predictions of several deals, each in its file."""
    images = pd.concat([pd.read_csv(file).assign(repeat=deal) for deal, file in files.items()])
    # The times are in the row of each run.
    seconds = images[["repeat", "fold"]].drop_duplicates()
    seconds = seconds.assign(fit_seconds=float("nan"), predict_seconds=float("nan"))
    classes = tuple(sorted(images["y_true"].unique()))
    return EvaluationResult(images, "subject-independent", classes, seconds)


def show(table):
    return table.to_string(index=False, float_format="{:.4f}".format, max_colwidth=40)


if __name__ == "__main__":
    main()
