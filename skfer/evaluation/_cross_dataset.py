"""The protocols between data sets: trained on some, tested on another."""

from dataclasses import replace
from itertools import chain, combinations
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator
from sklearn.utils import Bunch

from skfer._subjects import drop_subjects
from skfer._typing import Splitter
from skfer.evaluation._cross_validation import Plan, Split
from skfer.evaluation._data import EvaluationData, data_of
from skfer.evaluation._guards._inner_splits import check_inner_splits
from skfer.evaluation._guards._leakage import subject_folds
from skfer.evaluation._guards._near_duplicates import refuse_shared_images
from skfer.evaluation._guards._parts import refuse_fitted_parts
from skfer.evaluation._protocols import evaluate_methods, name_methods
from skfer.evaluation._result import EvaluationResult
from skfer.evaluation._signatures import one_or_several
from skfer.faces import is_face_array, make_face_array
from skfer.utils._text import join_some


@one_or_several
def evaluate_cross_dataset(
    estimator: BaseEstimator | dict[str, Any],
    source: Bunch | tuple[Any, ...],
    target: Bunch | tuple[Any, ...],
    *,
    cv: int | Splitter | None = None,
    n_jobs: int | None = None,
    memory: str | Path | None = None,
    verbose: int = 0,
) -> EvaluationResult | dict[str, EvaluationResult]:
    """Train on one data set and test on another.

    As the C-SPP paper does (section 4.4, Tables 5 and 7): the K models of a cross-validation of
    the source, each trained on K - 1 of its folds, are tested on all images of the target, and
    their accuracies averaged.

    Parameters
    ----------
    estimator : estimator instance, or dict of {str: estimator instance}
        As for :func:`evaluate_subject_independent`.
    source, target : Bunch or tuple
        What a reader of :mod:`skfer.datasets` returns, or a tuple (X, y, subjects) or
        (X, y, subjects, info). Images of classes that the other set has not are left out.
    cv : int or splitter, default=None
        Folds of the source, as of :func:`subject_folds`; 1 trains one model on all of the source.
        None takes the published number of the source, ``source.n_folds``, or 8.
    n_jobs, memory, verbose
        As for :func:`evaluate_subject_independent`.

    Returns
    -------
    result : EvaluationResult, or dict of {str: EvaluationResult}
        One row per image of the target and model, which is the ``fold``. In its summary,
        ``fold_mean`` is the mean of the models, and ``ci_low`` and ``ci_high`` are the interval
        over the subjects of the target; ``notes`` says what was left out.

    Raises
    ------
    ValueError
        If the sets share fewer than two classes; if they share subjects or, as
        :func:`find_near_duplicates` tells of up to 50,000 images, photographs.

    Examples
    --------
    >>> from sklearn.pipeline import make_pipeline
    >>> from sklearn.neighbors import KNeighborsClassifier
    >>> from skfer.datasets import make_faces
    >>> from skfer.descriptors import HOGDescriptor
    >>> from skfer.evaluation import evaluate_cross_dataset
    >>> faces = {"expressions": ("happy", "surprise"), "image_size": (32, 32)}
    >>> source, target = (
    ...     (data.images, data.target, np.char.add(name, data.subjects))
    ...     for name, data in [("a", make_faces(6, 1, random_state=0, **faces)),
    ...                        ("b", make_faces(4, 1, random_state=9, **faces))])
    >>> method = make_pipeline(HOGDescriptor(), KNeighborsClassifier(1))
    >>> result = evaluate_cross_dataset(method, source, target, cv=3)
    >>> len(result.images), result.summary()["n_folds"]
    (24, 3)
    """
    cv = getattr(source, "n_folds", 8) if cv is None else cv
    source, target = data_of(source), data_of(target)
    # The result has rows and columns of the target only; any row of it keeps the types.
    source = replace(source, info=target.info.take(np.zeros(len(source), int)))
    joined = _join({"source": source, "target": target})
    joined = joined._replace(rows=joined.rows - len(source))
    own, test = (np.flatnonzero(joined.datasets == name) for name in ("source", "target"))
    y, subjects = joined.data.y[own], joined.data.subjects[own]
    trains = [own] if cv == 1 else [train for train, _ in subject_folds(y, subjects, cv)]
    folds = [(train, test) for train in trains]
    return _evaluate("cross-dataset", folds, estimator, joined, n_jobs, memory, verbose)


@one_or_several
def evaluate_leave_one_dataset_out(
    estimator: BaseEstimator | dict[str, Any],
    datasets: dict[str, Bunch | tuple[Any, ...]],
    *,
    n_jobs: int | None = None,
    memory: str | Path | None = None,
    verbose: int = 0,
) -> EvaluationResult | dict[str, EvaluationResult]:
    """Test on each of several data sets, trained on the others.

    Parameters
    ----------
    estimator : estimator instance, or dict of {str: estimator instance}
        As for :func:`evaluate_subject_independent`.
    datasets : dict of {str: Bunch or tuple}
        Data sets by name, each as for :func:`evaluate_cross_dataset`. Images of classes that not
        all of them have are left out.
    n_jobs, memory, verbose
        As for :func:`evaluate_subject_independent`.

    Returns
    -------
    result : EvaluationResult, or dict of {str: EvaluationResult}
        Each data set is a fold; the column ``dataset`` of ``images`` names it, and ``image``
        counts through all of the sets. ``result.by_group("dataset")`` has a row for each. Of the
        columns of `info`, those that all sets have are kept.

    Raises
    ------
    ValueError
        If there is one data set only, or the sets share fewer than two classes, or subjects or
        photographs; or if a column of `info` is called ``dataset``.

    Examples
    --------
    >>> from skfer.evaluation import evaluate_leave_one_dataset_out
    >>> sets = {"ck": load_ckplus(), "jaffe": load_jaffe()}  # doctest: +SKIP
    >>> evaluate_leave_one_dataset_out(pipeline, sets).by_group("dataset")  # doctest: +SKIP
    """
    if len(datasets) < 2:
        raise ValueError("Give two data sets or more, by name.")
    sets = {name: data_of(own) for name, own in datasets.items()}
    taken = [name for name, own in sets.items() if "dataset" in own.info]
    if taken:
        raise ValueError(
            f"The result has a column 'dataset' of its own; rename that of {taken[0]}."
        )
    joined = _join(sets)
    info = joined.data.info.assign(dataset=joined.datasets)
    joined = joined._replace(data=replace(joined.data, info=info))
    folds = [
        (np.flatnonzero(joined.datasets != name), np.flatnonzero(joined.datasets == name))
        for name in datasets
    ]
    return _evaluate("leave-one-dataset-out", folds, estimator, joined, n_jobs, memory, verbose)


class _Joined(NamedTuple):
    """Several data sets as one: the set of each image, and its row before any was left out."""

    data: EvaluationData
    datasets: np.ndarray
    rows: np.ndarray
    notes: list


def _join(sets):
    """Join data sets, by name, that share neither subjects nor images; keep shared classes."""
    kept, notes = _keep_shared_classes(sets)
    _refuse_shared_subjects(sets)
    parts = {name: own.take(kept[name]) for name, own in sets.items()}
    data = EvaluationData(
        _join_images({name: own.X for name, own in parts.items()}),
        np.concatenate([own.y for own in parts.values()]),
        np.concatenate([own.subjects for own in parts.values()]),
        pd.concat([own.info for own in parts.values()], join="inner", ignore_index=True),
    )
    datasets = np.repeat(list(parts), [len(own) for own in parts.values()])
    refuse_shared_images(data.X, datasets)
    starts = np.cumsum([0, *map(len, sets.values())])
    rows = [start + own for start, own in zip(starts, kept.values(), strict=False)]
    return _Joined(data, datasets, np.concatenate(rows), notes)


def _keep_shared_classes(sets):
    """Return the rows of the classes that all sets have, and notes of what is left out."""
    shared = set.intersection(*(set(own.classes) for own in sets.values()))
    if len(shared) < 2:
        classes = "; ".join(f"{name} has {join_some(own.classes)}" for name, own in sets.items())
        raise ValueError(
            f"The data sets share {len(shared)} classes, and a classifier needs two: {classes}."
        )
    kept, notes = {}, []
    for name, own in sets.items():
        is_kept = np.isin(own.y, list(shared))
        kept[name] = np.flatnonzero(is_kept)
        for label, n in zip(*np.unique(own.y[~is_kept], return_counts=True), strict=True):
            notes.append(
                f"{n} images of '{label}' of {name} are left out: not all of the data sets have "
                "that class."
            )
    return kept, notes


def _refuse_shared_subjects(sets):
    for (name, own), (other_name, other) in combinations(sets.items(), 2):
        shared = np.intersect1d(own.subjects, other.subjects)
        if len(shared):
            raise ValueError(
                f"{name} and {other_name} share {len(shared)} subjects: "
                f"{join_some(shared, quoted=True)}. If they are different people with equal ids, "
                "tell them apart, such as by np.char.add('a-', subjects)."
            )


def _join_images(parts):
    """Join images of one layout and pixel type; faces of several sizes become objects."""
    arrays = list(parts.values())
    if all(is_face_array(X) for X in arrays):
        images = [X["image"] for X in arrays]
        eyes, subjects = (np.concatenate([X[name] for X in arrays]) for name in ("eyes", "subject"))
        alike = len({(own.dtype, own.shape[1:]) for own in images}) == 1
        joined = np.concatenate(images) if alike else list(chain.from_iterable(images))
        frame_eyes = None
        if all("frame_eyes" in X.dtype.names for X in arrays):
            frame_eyes = np.concatenate([X["frame_eyes"] for X in arrays])
        return make_face_array(joined, eyes, subjects, frame_eyes=frame_eyes)
    if all(isinstance(X, pd.DataFrame) for X in arrays):
        return _join_tables(parts)
    arrays = [np.asarray(drop_subjects(X)) for X in arrays]
    if len({(X.dtype, X.shape[1:]) for X in arrays}) > 1:
        kinds = "; ".join(
            f"{name} has {X.dtype}{list(X.shape[1:])}"
            for name, X in zip(parts, arrays, strict=True)
        )
        raise ValueError(
            f"The data sets are of different layouts, sizes or pixel types: {kinds}. Bring them to "
            "one, or to face arrays (skfer.faces.make_face_array) for a pipeline that aligns them."
        )
    return np.concatenate(arrays)


def _join_tables(parts):
    """Join DataFrames by the names of their columns, in the order of the first."""
    (first, table), *others = parts.items()
    for name, other in others:  # pandas would fill what one of them lacks
        odd = set(table.columns) ^ set(other.columns)
        if odd:
            raise ValueError(
                f"{first} and {name} have different columns. Those of one only: "
                f"{join_some(sorted(map(str, odd)), quoted=True)}."
            )
    return pd.concat(parts.values(), ignore_index=True)


def _evaluate(protocol, folds, estimator, joined, n_jobs, memory, verbose):
    data = joined.data
    for method in name_methods(estimator).values():
        refuse_fitted_parts(method)
        check_inner_splits(method, data, (train for train, _ in folds))
    splits = [Split(0, fold, *parts) for fold, parts in enumerate(folds)]
    plan = Plan(protocol, splits, data, tuple(joined.notes))
    results = evaluate_methods(plan, estimator, n_jobs, memory, verbose)
    if isinstance(results, dict):
        return {name: _renumber(result, joined.rows) for name, result in results.items()}
    return _renumber(results, joined.rows)


def _renumber(result, rows):
    images = result.images.assign(image=rows[result.images["image"]])
    return replace(result, images=images)
