"""Which meta-estimators take which layout: the table of `docs/meta_estimators.md`, run."""

from pathlib import Path

import numpy as np
import pytest
from imblearn.over_sampling import RandomOverSampler
from imblearn.pipeline import make_pipeline as make_sampling_pipeline
from sklearn import config_context
from sklearn import model_selection as selection
from sklearn.base import BaseEstimator, ClassifierMixin, TransformerMixin, clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import (
    AdaBoostClassifier,
    BaggingClassifier,
    StackingClassifier,
    VotingClassifier,
)
from sklearn.feature_selection import RFE
from sklearn.frozen import FrozenEstimator
from sklearn.inspection import permutation_importance
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold
from sklearn.multiclass import OneVsOneClassifier, OneVsRestClassifier
from sklearn.pipeline import make_pipeline, make_union
from sklearn.preprocessing import FunctionTransformer
from sklearn.semi_supervised import SelfTrainingClassifier

from skfer._subjects import own_subjects
from skfer.alignment import FaceAligner
from skfer.augmentation import EyeJitterSampler
from skfer.datasets import make_faces
from skfer.descriptors import HOGDescriptor, LBPDescriptor, PixelDescriptor

PAGE = Path(__file__).parents[1] / "docs" / "meta_estimators.md"
LAYOUTS = ["rows", "stack", "face array"]
CV = GroupKFold(3)
LINEAR = LogisticRegression(C=1e-6, max_iter=500)


class Witness(TransformerMixin, BaseEstimator):
    """Passes images on, and notes of each fit whether they brought their subjects."""

    brought = []

    def fit(self, X, y=None):
        self.brought.append(own_subjects(X) is not None)
        return self

    def transform(self, X):
        return X

    def __sklearn_is_fitted__(self):
        return True


class GroupsWitness(ClassifierMixin, BaseEstimator):
    """Classifies pixels, and notes of each fit whether it was given the groups of its images."""

    given = []

    def fit(self, X, y, groups=None):
        self.given.append(groups is not None and len(groups) == len(y))
        self.model_ = clone(LINEAR).fit(X, y)
        self.classes_ = self.model_.classes_
        return self

    def predict(self, X):
        return self.model_.predict(X)

    def predict_proba(self, X):
        return self.model_.predict_proba(X)


def witnessed(*steps):
    return make_pipeline(Witness(), *steps, PixelDescriptor(), LINEAR)


def routed():
    return make_pipeline(PixelDescriptor(), GroupsWitness().set_fit_request(groups=True))


GRID = {"pixeldescriptor__image_shape": [None]}
# With metadata routing, `groups` goes where it went before, and to the classifier.
META = {
    "Pipeline": lambda model: make_pipeline(FunctionTransformer(), model),
    "FeatureUnion": lambda model: make_pipeline(
        make_union(make_pipeline(Witness(), HOGDescriptor()), LBPDescriptor()), model[-1]
    ),
    "Pipeline of imbalanced-learn": lambda model: make_sampling_pipeline(
        EyeJitterSampler(n_copies=1, random_state=0), *(step for _, step in model.steps)
    ),
    "RandomOverSampler": lambda model: make_sampling_pipeline(
        RandomOverSampler(random_state=0), *(step for _, step in model.steps)
    ),
    "GridSearchCV": lambda model: selection.GridSearchCV(model, GRID, cv=CV),
    "RandomizedSearchCV": lambda model: selection.RandomizedSearchCV(model, GRID, n_iter=1, cv=CV),
    "VotingClassifier": lambda model: VotingClassifier([("a", model), ("b", model)], voting="soft"),
    "StackingClassifier": lambda model: StackingClassifier([("a", model)], cv=3),
    "CalibratedClassifierCV": lambda model: CalibratedClassifierCV(model, cv=3),
    "TunedThresholdClassifierCV": lambda model: selection.TunedThresholdClassifierCV(model, cv=3),
    "FixedThresholdClassifier": lambda model: selection.FixedThresholdClassifier(model),
    "OneVsRestClassifier": OneVsRestClassifier,
    "OneVsOneClassifier": OneVsOneClassifier,
    "BaggingClassifier": lambda model: BaggingClassifier(model, 2, random_state=0),
    "AdaBoostClassifier": lambda model: AdaBoostClassifier(LINEAR, n_estimators=2),
    "SelfTrainingClassifier": SelfTrainingClassifier,
    "RFE": lambda model: RFE(LINEAR, step=0.5),
    "ColumnTransformer": lambda model: make_pipeline(
        ColumnTransformer([("part", "passthrough", list(range(100)))]), *model[:-1], model[-1]
    ),
}
# Functions get a model, images, labels and the arguments that name the groups.
FUNCTIONS = {
    "cross_val_score": lambda model, X, y, groups: selection.cross_val_score(
        model, X, y, cv=CV, error_score="raise", **groups
    ),
    "cross_validate": lambda model, X, y, groups: selection.cross_validate(
        model, X, y, cv=CV, error_score="raise", **groups
    ),
    "cross_val_predict": lambda model, X, y, groups: selection.cross_val_predict(
        model, X, y, cv=CV, **groups
    ),
    "learning_curve": lambda model, X, y, groups: selection.learning_curve(
        model, X, y, cv=CV, train_sizes=[1.0], error_score="raise", **groups
    ),
    "validation_curve": lambda model, X, y, groups: selection.validation_curve(
        model,
        X,
        y,
        param_name="pixeldescriptor__image_shape",
        param_range=[None],
        cv=CV,
        error_score="raise",
        **groups,
    ),
    "permutation_test_score": lambda model, X, y, groups: selection.permutation_test_score(
        model, X, y, cv=CV, n_permutations=2, **groups
    ),
    "permutation_importance": lambda model, X, y, groups: permutation_importance(
        clone(model).fit(X, y), X, y, n_repeats=1
    ),
    "FrozenEstimator": lambda model, X, y, groups: (
        FrozenEstimator(clone(model).fit(X, y)).fit(X, y).predict(X)
    ),
    "set_output": lambda model, X, y, groups: (
        clone(model[1:-1]).set_output(transform="pandas").fit_transform(X).columns
    ),
}


def read_table():
    """Return the cells of the page by the name of the row."""
    lines = [line for line in PAGE.read_text("utf-8").splitlines() if line.startswith("| `")]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return {name.replace("`", ""): answers for name, *answers in cells}


TABLE = read_table()


@pytest.fixture(scope="module")
def data():
    made = make_faces(6, 1, expressions=("happy", "sad"), image_size=(48, 48), random_state=0)
    faces = FaceAligner(output_size=(16, 16)).fit_transform(made.faces)
    return faces, made.target, made.subjects


def in_layout(faces, layout):
    stack = np.ascontiguousarray(faces["image"])
    return {"rows": stack.reshape(len(stack), -1), "stack": stack, "face array": faces}[layout]


def run(name, model, X, y, **groups):
    """Fit and predict by one row of the table."""
    if name in FUNCTIONS:
        return FUNCTIONS[name](model, X, y, groups)
    meta = META[name](model)
    searches = name in ("GridSearchCV", "RandomizedSearchCV") or "params" in groups
    if name == "SelfTrainingClassifier":
        y = np.where(np.arange(len(y)) < 4, -1, y == "sad")
    return meta.fit(X, y, **groups.get("params", groups if searches else {})).predict(X)


def test_the_table_has_all_rows():
    assert set(TABLE) == {*META, *FUNCTIONS}


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("name", TABLE)
def test_layouts(name, layout, data):
    faces, y, subjects = data
    Witness.brought.clear()
    answer = TABLE[name][LAYOUTS.index(layout)]
    X = in_layout(faces, layout)
    if answer == "no":
        with pytest.raises((ValueError, IndexError)):
            run(name, witnessed(), X, y, groups=subjects)
        return
    assert answer == "yes"
    run(name, witnessed(), X, y, groups=subjects)
    if layout == "face array" and TABLE[name][3] == "yes":
        assert Witness.brought and all(Witness.brought)


@pytest.mark.parametrize("name", TABLE)
def test_groups_of_rows_by_metadata_routing(name, data):
    faces, y, subjects = data
    GroupsWitness.given.clear()
    answer = TABLE[name][4]
    if answer == "-":
        return
    with config_context(enable_metadata_routing=True):
        run(name, routed(), in_layout(faces, "rows"), y, params={"groups": subjects})
    assert all(GroupsWitness.given) == (answer == "yes")
