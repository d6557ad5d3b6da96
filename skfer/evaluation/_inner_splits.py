"""The splits inside an estimator: those of searches, stacking, calibration and their kin."""

import numpy as np
from sklearn.model_selection import check_cv

from skfer.evaluation._leakage import check_leakage, split_by_subject
from skfer.evaluation._parts import walk_parts


class _KnownSplits:
    """A splitter that gives what it was made with, for the very images it was made for."""

    def __init__(self, name, splits, y):
        self.name, self.splits, self.y = name, splits, y

    def get_n_splits(self, X=None, y=None, groups=None):
        return len(self.splits)

    def split(self, X, y=None, groups=None):
        labels = self.y if y is None else y
        # Wrappers encode the labels or make them binary, but each keeps one meaning.
        pairs = {*zip(self.y.tolist(), np.asarray(labels).tolist(), strict=False)}
        if len(labels) != len(self.y) or len(pairs) != len(set(self.y.tolist())):
            raise ValueError(
                f"{self.name} is asked to split other images than those of the training part, so "
                "it cannot go by subject: it lies inside another cross-validation or a bootstrap, "
                "or behind a sampler. Take the outer one out, or search over the whole pipeline."
            )
        return iter(self.splits)


def inner_splits(estimator, y, subjects, *, may_leak=False):
    """Return splitters that know the subjects, by the name of the parameter they are for.

    Inside a pipeline, as in ``make_pipeline(descriptor, GridSearchCV(...))``, a splitter never
    learns of the subjects. So it is asked here, with the `y` and `subjects` of the training images,
    and its answer takes its place: ``estimator.set_params(**splits)``. ValueError names a splitter
    that puts a subject on both sides, unless it `may_leak`, or that subjects cannot reach.
    """
    splits = {}
    for name, cv, settable in walk_parts(estimator):
        if not _is_splitter(name, cv):
            continue
        try:
            if not settable:
                raise ValueError("Inside a grid or a list, it cannot be given the subjects.")
            known = split_by_subject(check_cv(cv, y, classifier=True), y, subjects)
            if not may_leak:
                check_leakage(known, subjects)
        except ValueError as error:
            raise ValueError(f"The inner split {name}={cv!r}: {error}") from error
        splits[name] = _KnownSplits(name, known, y)
    return splits


def check_inner_splits(estimator, y, subjects, folds):
    """Refuse, before anything is trained, inner splits that put a subject on both sides."""
    for fold, (train, _) in enumerate(folds):
        try:
            inner_splits(estimator, y[train], subjects[train])
        except ValueError as error:
            raise ValueError(f"In the training part of fold {fold}: {error}") from error


def _is_splitter(name, value):
    is_object = hasattr(value, "split") and hasattr(value, "get_n_splits")
    return name.rpartition("__")[2] == "cv" or is_object
