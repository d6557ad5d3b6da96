"""Let finished recipes vote: `python -m benchmarks.vote --member RECIPE --member RECIPE`.

The mean of their probabilities on the same folds is what a `VotingClassifier(voting="soft")` over
them gives, without training them again. Members are weighed alike: nothing is chosen here.
"""

import argparse
import json
from pathlib import Path

import pandas as pd

from benchmarks.recipes import (
    RESULTS,
    log_run,
    predictions_file,
    read_rows,
    summarize,
    write_row,
)
from skfer.evaluation import EvaluationResult
from skfer.evaluation._records import collect_metadata

_ROW = ["image", "subject", "sequence", "repeat", "fold", "y_true"]


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--member", action="append", dest="members", required=True)
    parser.add_argument("--name", help="of the vote (default: those of its members)")
    parser.add_argument("--repeats", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--folds", type=int, default=8)
    parser.add_argument("--results", type=Path, default=RESULTS, help="of the members")
    parser.add_argument("--out", type=Path, required=True, help="file to add the results to")
    parser.add_argument("--log", type=Path, required=True, help="log of all runs")
    options = parser.parse_args(arguments)
    recipe = options.name or "vote of " + " and ".join(options.members)
    for repeat in options.repeats:
        key = {"recipe": recipe, "subjects": "all", "folds": options.folds, "repeat": repeat}
        if any(key.items() <= row.items() for row in read_rows(options.out)):
            continue
        files = [
            predictions_file(options.results, member, "all", options.folds, repeat)
            for member in options.members
        ]
        rows = [
            find_row(options.results, member, options.folds, repeat) for member in options.members
        ]
        result = vote([pd.read_csv(file) for file in files], recipe, rows)
        members = " ".join(f"--member '{member}'" for member in options.members)
        members += f" --name '{options.name}'" if options.name else ""
        metadata = collect_metadata(
            command=f"python -m benchmarks.vote {members} --repeats {repeat}",
            dataset="ck48",
            n_images=len(result.images),
            n_subjects=result.images["subject"].nunique(),
            classes=list(result.classes),
            seed=repeat,
        )
        predictions = predictions_file(options.out, recipe, "all", options.folds, repeat)
        log_run(options.log, predictions, result, metadata, {"members": options.members})
        write_row(options.out, key | result.summary())
        print(json.dumps(key | {"n_correct": result.summary()["n_correct"]}))
    rows = [row for row in read_rows(options.out) if row["recipe"] == recipe]
    print(summarize(rows))


def find_row(results, recipe, folds, repeat):
    """Return the figures of a finished run."""
    key = {"recipe": recipe, "subjects": "all", "folds": folds, "repeat": repeat}
    return next(row for row in read_rows(results) if key.items() <= row.items())


def vote(tables, method, rows):
    """Average the probabilities of tables of predictions of the same images on the same folds.

    The `rows` of the members tell how long these took, which is what a vote of them takes.
    """
    first = tables[0]
    for table in tables[1:]:
        if not table[_ROW].equals(first[_ROW]):
            raise ValueError("The members were not tested on the same images and folds.")
    names = [name for name in first if name.startswith("proba_")]
    probabilities = sum(table[names] for table in tables) / len(tables)
    y_pred = probabilities.idxmax(axis=1).str.removeprefix("proba_")
    images = first[_ROW].assign(y_pred=y_pred).join(probabilities)
    seconds = first[["repeat", "fold"]].drop_duplicates()
    for name in ("fit_seconds", "predict_seconds"):
        seconds[name] = sum(row[name] for row in rows) / len(seconds)
    classes = tuple(name.removeprefix("proba_") for name in names)
    return EvaluationResult(images, "subject-independent", classes, seconds, method)


if __name__ == "__main__":
    main()
