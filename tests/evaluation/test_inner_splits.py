"""Splits inside the estimator, and parts of it that stay fitted."""

from functools import partial

import numpy as np
import pandas as pd
import pytest
from imblearn.pipeline import Pipeline as ImblearnPipeline
from sklearn import config_context
from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import BaggingClassifier, StackingClassifier, VotingClassifier
from sklearn.experimental import enable_halving_search_cv  # noqa: F401
from sklearn.feature_selection import RFECV
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import (
    FixedThresholdClassifier,
    GridSearchCV,
    GroupKFold,
    HalvingGridSearchCV,
    StratifiedKFold,
)
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler
from skorch.callbacks import Checkpoint, LoadInitState

from skfer.augmentation import EyeJitterSampler
from skfer.classifiers import CSPPClassifier
from skfer.datasets import make_faces
from skfer.descriptors import PixelDescriptor
from skfer.evaluation import evaluate_image_split, evaluate_subject_independent
from skfer.faces import make_face_array

KNN = KNeighborsClassifier(1)
GRID = {"n_neighbors": [1, 3]}


@pytest.fixture(scope="module")
def rows():
    rng = np.random.default_rng(0)
    y = np.tile(["a", "b", "c"], 24)
    return rng.normal(size=(72, 4)), y, np.repeat([f"s{i:02d}" for i in range(12)], 6)


NESTED = {
    "search": lambda cv: GridSearchCV(KNN, GRID, cv=cv),
    "halving": lambda cv: HalvingGridSearchCV(KNN, GRID, cv=cv, min_resources=36),
    "search in a pipeline": lambda cv: make_pipeline(
        StandardScaler(), GridSearchCV(KNN, GRID, cv=cv)
    ),
    "calibration": lambda cv: make_pipeline(StandardScaler(), CalibratedClassifierCV(KNN, cv=cv)),
    "stacking": lambda cv: StackingClassifier([("k", KNN), ("l", LogisticRegression())], cv=cv),
    "elimination": lambda cv: make_pipeline(RFECV(LogisticRegression(), cv=cv), KNN),
    "vote": lambda cv: VotingClassifier([("s", GridSearchCV(KNN, GRID, cv=cv)), ("k", KNN)]),
}


@pytest.mark.parametrize("name", NESTED)
@pytest.mark.parametrize("cv", [3, None, StratifiedKFold(3, shuffle=True, random_state=0)])
def test_inner_splits_by_image_are_refused_by_name(rows, name, cv):
    with pytest.raises(
        ValueError, match=r"training part of fold 0: The inner split \w*cv=.* in training and test"
    ):
        evaluate_subject_independent(NESTED[name](cv), *rows, cv=3)


class Recorder(GroupKFold):
    """Keeps the groups it was given."""

    seen = []

    def split(self, X, y=None, groups=None):
        self.seen.append(groups)
        return super().split(X, y, groups)


@pytest.mark.parametrize("name", NESTED)
@pytest.mark.parametrize("routing", [False, True])
def test_inner_splitters_get_the_subjects(rows, name, routing):
    Recorder.seen.clear()
    with config_context(enable_metadata_routing=routing):
        result = evaluate_subject_independent(NESTED[name](Recorder(3)), *rows, cv=3)
    assert len(result.images) == 72
    assert {len(set(groups)) for groups in Recorder.seen} == {8}


def test_the_search_of_a_pipeline_chooses_as_a_search_by_subject_does(rows):
    X, y, subjects = rows
    wide = {"n_neighbors": [1, 3, 5, 9, 15]}
    ours = evaluate_subject_independent(
        make_pipeline(StandardScaler(), GridSearchCV(KNN, wide, cv=GroupKFold(4))), *rows, cv=3
    )
    for train, test in GroupKFold(3).split(X, y, subjects):
        scaler = StandardScaler().fit(X[train])
        search = GridSearchCV(KNN, wide, cv=GroupKFold(4))
        search.fit(scaler.transform(X[train]), y[train], groups=subjects[train])
        expected = search.predict(scaler.transform(X[test]))
        assert ours.images["y_pred"].iloc[test].tolist() == expected.tolist()


@pytest.mark.parametrize(
    "estimator",
    [
        BaggingClassifier(
            GridSearchCV(KNN, GRID, cv=GroupKFold(3)), n_estimators=2, random_state=0
        ),
        GridSearchCV(
            CalibratedClassifierCV(KNN, cv=GroupKFold(2)),
            {"method": ["sigmoid", "isotonic"]},
            cv=GroupKFold(3),
            error_score="raise",
        ),
    ],
)
def test_splitters_that_see_other_rows_are_refused(rows, estimator):
    with pytest.raises(ValueError, match="asked to split other images than those of the training"):
        evaluate_subject_independent(estimator, *rows, cv=3)


def test_a_splitter_behind_a_sampler_is_refused(rows):
    faces = make_face_array(np.zeros((72, 8, 8), np.uint8), np.tile([[2.0, 3], [5, 3]], (72, 1, 1)))
    search = GridSearchCV(CSPPClassifier(max_epochs=1), {"lr": [1.0]}, cv=GroupKFold(2))
    model = ImblearnPipeline([("jitter", EyeJitterSampler(1)), ("search", search)])
    with pytest.raises(ValueError, match="search__cv is asked to split other images"):
        evaluate_subject_independent(model, faces, *rows[1:], cv=2)


@pytest.mark.parametrize(
    "grid",
    [
        {"k": [CalibratedClassifierCV(KNN, cv=GroupKFold(3)), KNN]},
        [{"k": [KNN]}, {"k": [CalibratedClassifierCV(KNN)], "k__cv": [3, GroupKFold(3)]}],
    ],
)
def test_splitters_inside_a_grid_are_refused(rows, grid):
    pipeline = make_pipeline(StandardScaler(), KNN)
    pipeline.steps[1] = ("k", KNN)
    with pytest.raises(ValueError, match="Inside a grid or a list"):
        evaluate_subject_independent(GridSearchCV(pipeline, grid, cv=GroupKFold(3)), *rows, cv=3)


def test_the_leaky_protocol_takes_inner_splits_of_any_kind(rows):
    for cv in (3, GroupKFold(3)):
        assert (
            len(evaluate_image_split(NESTED["search in a pipeline"](cv), *rows, cv=3).images) == 72
        )


# What stays fitted


def classify(X, model):
    return model.predict_proba(X)


@pytest.mark.parametrize(
    "wrap",
    [
        lambda model: FrozenEstimator(model),
        lambda model: make_pipeline(StandardScaler(), FrozenEstimator(model)),
        lambda model: make_pipeline(FunctionTransformer(model.predict_proba), KNN),
        lambda model: FixedThresholdClassifier(FrozenEstimator(model)),
        lambda model: CalibratedClassifierCV(FrozenEstimator(model), cv=GroupKFold(3)),
        lambda model: VotingClassifier([("a", FrozenEstimator(model)), ("b", KNN)]),
        lambda model: GridSearchCV(
            make_pipeline(StandardScaler(), KNN),
            {"kneighborsclassifier": [FrozenEstimator(model)]},
            cv=GroupKFold(3),
        ),
        lambda model: make_pipeline(
            FunctionTransformer(partial(classify, model=FrozenEstimator(model))), KNN
        ),
    ],
)
def test_a_classifier_that_stays_fitted_is_refused(rows, wrap):
    model = wrap(KNeighborsClassifier(1).fit(*rows[:2]))
    with pytest.raises(ValueError, match="stays as it was fitted before the evaluation"):
        evaluate_subject_independent(model, *rows, cv=3)


def test_a_transformer_that_stays_fitted_is_warned_of(rows):
    scaler = FrozenEstimator(StandardScaler().fit(rows[0]))
    with pytest.warns(UserWarning, match="frozenestimator=.* is not fitted anew"):
        evaluate_subject_independent(make_pipeline(scaler, KNN), *rows, cv=3)


@pytest.mark.parametrize(
    "callback", [Checkpoint(load_best=True), LoadInitState(Checkpoint(dirname="weights"))]
)
def test_weights_do_not_come_from_another_fold(rows, callback):
    model = make_pipeline(StandardScaler(), CSPPClassifier(callbacks=[("keep", callback)]))
    with pytest.raises(ValueError, match="weights from a file that another fold may have written"):
        evaluate_subject_independent(model, *rows, cv=3)


# Subjects reach the hold-out, labels and columns


@pytest.mark.parametrize("kind", ["stack", "faces without subjects"])
def test_validation_holds_out_the_subjects_of_the_evaluation(rows, kind, monkeypatch):
    _, y, subjects = rows
    images = np.random.default_rng(0).integers(0, 256, (72, 12, 12), np.uint8)
    X = images if kind == "stack" else make_face_array(images)
    seen = []

    class Noted(CSPPClassifier):
        def fit(self, X, y, groups=None, sample_weight=None):
            super().fit(X, y)
            seen.append((set(self.validation_subjects_), set(X["subject"])))
            return self

    evaluate_subject_independent(
        Noted(max_epochs=1, validation_fraction=0.3, random_state=0), X, y, subjects, cv=2
    )
    for held_out, training in seen:
        assert len(held_out) == 2
        assert held_out < training < set(subjects)


@pytest.mark.parametrize("column", [lambda v: v[:, None], pd.DataFrame])
def test_labels_and_subjects_as_columns(rows, column):
    X, y, subjects = rows
    expected = evaluate_subject_independent(KNN, *rows, cv=3).images
    with pytest.warns(UserWarning, match="column-vector y"):
        result = evaluate_subject_independent(KNN, X, column(y), column(subjects), cv=3)
    assert result.images.equals(expected)


@pytest.mark.parametrize(
    ("y", "message"),
    [
        (np.eye(3)[np.arange(72) % 3], "1d array"),
        (np.where(np.arange(72) == 5, None, "a"), "Sample 5 has no label"),
        (np.where(np.arange(72) == 5, np.nan, 1.0), "Sample 5 has no label"),
        (np.linspace(0, 1, 72), "continuous"),
    ],
)
def test_labels_that_are_none_are_refused_before_training(rows, y, message):
    with pytest.raises(ValueError, match=message):
        evaluate_subject_independent(None, rows[0], y, rows[2])


@pytest.mark.parametrize(
    ("cv", "message"),
    [
        ([], "gives no fold"),
        ([(np.arange(36), [])], "without training or test images"),
        ([(np.arange(36), [72])], "names rows that the 72 images do not have"),
    ],
)
def test_splits_that_are_none_are_refused(rows, cv, message):
    with pytest.raises(ValueError, match=message):
        evaluate_subject_independent(KNN, *rows, cv=cv)


def test_a_photograph_under_two_subjects_is_warned_of():
    data = make_faces(4, 1, expressions=("happy", "sad"), image_size=(48, 48), random_state=0)
    copies = np.clip(data.images.astype(int) + 2, 0, 255).astype(np.uint8)
    X, y = np.concatenate([data.images, copies]), np.tile(data.target, 2)
    subjects = [*data.subjects, *(f"{name}-again" for name in data.subjects)]
    with pytest.warns(UserWarning, match="8 images nearly equal ones of another subject"):
        evaluate_subject_independent(make_pipeline(PixelDescriptor(), KNN), X, y, subjects, cv=4)
