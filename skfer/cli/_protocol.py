"""The protocol of a run: how many folds, whether they can be dealt, and their evaluation."""

import warnings

from skfer.cli._scale import parallel
from skfer.cli._words import in_words_of_the_command, say_by_options
from skfer.evaluation import evaluate_image_split, evaluate_subject_independent, subject_folds
from skfer.evaluation._data import check_info


def count_folds(options, data):
    """Return the number of folds: as asked for, else the paper's for this data set, else 8."""
    return data.get("n_folds", 8) if options.folds is None else options.folds


def check_folds(options, data):
    """Refuse a number of folds by subject that the people do not allow."""
    n_subjects, n_folds = len(set(data.subjects)), count_folds(options, data)
    if n_folds > n_subjects > 1:
        remedy = "" if options.folds else f" Add --folds {n_subjects}."
        raise ValueError(
            f"--folds {n_folds}: {n_subjects} subjects allow 2 to {n_subjects} folds.{remedy}"
        )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the evaluation warns
        with in_words_of_the_command():
            subject_folds(data.target, data.subjects, n_folds)


def check_columns(options, data):
    """Refuse columns of the data that the result has itself, and name the table they are of."""
    try:
        check_info(data.info, data.target)
    except ValueError as error:
        table = f"--csv '{options.csv}': " if options.csv else ""
        raise ValueError(table + say_by_options(str(error))) from error


def evaluate_split(split, methods, data, options, *, memory, n_repeats=1, only_folds=None):
    """Evaluate a dict of one method by subject or by image; return its result."""
    how = {
        "info": data.info,
        "cv": count_folds(options, data),
        "n_jobs": options.jobs,
        "memory": memory,
        "only_folds": only_folds,
        "verbose": 1,
    }
    if split == "image":
        evaluate, how["random_state"] = evaluate_image_split, options.seed
    else:
        evaluate, how["n_repeats"] = evaluate_subject_independent, n_repeats
        how["random_state"] = options.seed if n_repeats > 1 else None
    with parallel(options):
        (result,) = evaluate(methods, data.faces, data.target, data.subjects, **how).values()
    return result
