"""The splits inside an estimator: those of searches, stacking, calibration and their kin."""

import re
import warnings

import numpy as np
from sklearn.model_selection import check_cv

from skfer._stateless import last_step
from skfer._subjects import drop_subjects, own_subjects
from skfer.evaluation._guards._leakage import check_leakage, split_by_subject
from skfer.evaluation._guards._parts import walk_parts

# From here on, early_stopping="auto" of scikit-learn's histogram boosting holds out images.
_MANY_IMAGES = 10_000


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
    for part in walk_parts(estimator):
        if not _is_splitter(part):
            continue
        try:
            if not part.settable:
                raise ValueError("Inside a grid or a list, it cannot be given the subjects.")
            if _is_behind_sampler(estimator, part.name):
                raise ValueError(
                    "It lies behind a sampler, and would split the new images from the old. Search "
                    "over the whole pipeline, with the sampler inside."
                )
            splitter = check_cv(part.value, y, classifier=True)
            known = list(split_by_subject(splitter, y, subjects))
            if not may_leak:
                check_leakage(known, subjects)
        except ValueError as error:
            raise ValueError(f"The inner split {part.name}={part.value!r}: {error}") from error
        splits[part.name] = _KnownSplits(part.name, known, y)
    return splits


def check_inner_splits(estimator, data, trains):
    """Refuse, before anything is trained, inner splits that put a subject on both sides.

    `trains` yields the rows of the training part of each fold.
    """
    parts = list(walk_parts(estimator))
    names = {part.name for part in parts}
    for part in parts:
        if _validates_by_image(part, names, len(data)):
            warnings.warn(
                f"{part.name}={part.value!r} holds out images, not people, inside fit. The folds "
                "are not touched by it, but what it chooses is chosen on people it knows.",
                stacklevel=3,
            )
    _refuse_lost_subjects(estimator, parts, data.X)
    if not any(_is_splitter(part) for part in parts):
        return
    for fold, train in enumerate(trains):
        try:
            inner_splits(estimator, data.y[train], data.subjects[train])
        except ValueError as error:
            raise ValueError(f"In the training part of fold {fold}: {error}") from error


def _refuse_lost_subjects(estimator, parts, X):
    """Refuse what needs the subjects inside ``fit`` and would not get them."""
    if own_subjects(drop_subjects(X, estimator)) is not None:
        return
    for part in parts:
        if getattr(part.value, "_uses_subjects", False) and part.value is not last_step(estimator):
            raise ValueError(
                f"{part.name} needs the subjects inside fit, and inside {type(estimator).__name__} "
                "it gets those of a face array only: skfer.faces.make_face_array(images, "
                "subject=subjects)."
            )


def _is_splitter(part):
    named = part.last_name == "cv" or part.last_name.endswith("_cv")
    no_text = not isinstance(part.value, str | bytes | re.Pattern)
    # What a function holds is not cloned, and no splitter of the estimator's.
    return part.cloned and (named or (hasattr(part.value, "split") and no_text))


def _is_behind_sampler(estimator, name):
    """Tell whether a step that makes new images comes before the step that holds the splitter."""
    parameters = {"": estimator} | estimator.get_params(deep=True)
    path = name.split("__")
    for depth, step in enumerate(path):
        steps = getattr(parameters.get("__".join(path[:depth])), "steps", [])
        names = [name for name, _ in steps]
        if step in names and any(
            hasattr(part, "fit_resample") for _, part in steps[: names.index(step)]
        ):
            return True
    return False


def _validates_by_image(part, names, n_images):
    """Tell whether a parameter lets scikit-learn or skorch hold out images inside ``fit``."""
    if part.last_name in ("early_stopping", "probability"):
        automatic = part.value == "auto" and n_images > _MANY_IMAGES
        return part.value is True or automatic
    if part.last_name == "n_iter_no_change":  # a switch where there is no other
        switch = part.name.removesuffix(part.last_name) + "early_stopping"
        return part.value is not None and switch not in names
    return any(kind.__name__ == "ValidSplit" for kind in type(part.value).__mro__)
