"""Splits inside the estimator, and parts of it that stay fitted."""

from functools import partial

import numpy as np
import pandas as pd
import pytest
from imblearn import FunctionSampler
from imblearn.pipeline import Pipeline as ImblearnPipeline
from sklearn import config_context
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.calibration import CalibratedClassifierCV
from sklearn.cross_decomposition import PLSRegression
from sklearn.ensemble import (
    BaggingClassifier,
    GradientBoostingClassifier,
    HistGradientBoostingClassifier,
    StackingClassifier,
    VotingClassifier,
)
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
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler
from skorch import NeuralNetClassifier
from skorch.callbacks import Checkpoint, LoadInitState
from torch import nn

from skfer.alignment import EyeLocator, FaceAligner, load_landmark_model
from skfer.augmentation import EyeJitterSampler
from skfer.classifiers import CSPPClassifier
from skfer.datasets import make_faces
from skfer.descriptors import PixelDescriptor
from skfer.evaluation import evaluate_image_split, evaluate_subject_independent
from skfer.evaluation._data import check_data
from skfer.evaluation._guards._inner_splits import check_inner_splits
from skfer.evaluation._guards._parts import refuse_fitted_parts
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
    with pytest.raises(ValueError, match="search__cv=.* lies behind a sampler"):
        evaluate_subject_independent(model, faces, *rows[1:], cv=2)


def test_rows_that_a_sampler_mixes_are_refused(rows):
    X, y, subjects = rows
    sampler = FunctionSampler(func=lambda X, y: (X[::-1], y[::-1]))
    model = ImblearnPipeline([("mix", sampler), ("s", GridSearchCV(KNN, GRID, cv=GroupKFold(3)))])
    with pytest.raises(ValueError, match="s__cv=.* lies behind a sampler"):
        evaluate_subject_independent(model, X, np.sort(y), subjects, cv=3)


@pytest.mark.parametrize(
    "grid",
    [
        {"k": [CalibratedClassifierCV(KNN, cv=GroupKFold(3)), KNN]},
        [{"k": [KNN]}, {"k": [CalibratedClassifierCV(KNN)], "k__cv": [3, GroupKFold(3)]}],
        {"k": [CalibratedClassifierCV(KNN, cv=3)]},
        {"k": np.array([StackingClassifier([("a", KNN)])], object)},
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


class Halves:
    """A splitter by another protocol: it cannot say how many splits it makes."""

    def split(self, X, y=None, groups=None):
        yield np.arange(0, len(X), 2), np.arange(1, len(X), 2)


class Halving(KNeighborsClassifier):
    def __init__(self, splitter=None):
        self.splitter = splitter


class Inner(KNeighborsClassifier):
    def __init__(self, inner_cv=None):
        self.inner_cv = inner_cv


@pytest.mark.parametrize("model", [Halving(Halves()), Inner(3), Inner()])
def test_splitters_of_other_names_are_found(rows, model):
    with pytest.raises(ValueError, match="The inner split (splitter|inner_cv)="):
        evaluate_subject_independent(model, *rows, cv=3)


@pytest.mark.parametrize(
    "model",
    [
        MLPClassifier(early_stopping=True),
        NeuralNetClassifier(nn.Identity),
        GradientBoostingClassifier(n_iter_no_change=5),
        make_pipeline(StandardScaler(), HistGradientBoostingClassifier(early_stopping=True)),
    ],
)
def test_holding_out_images_inside_fit_is_warned_of(rows, model):
    with pytest.warns(UserWarning, match="holds out images, not people"):
        check_inner_splits(model, check_data(*rows), [np.arange(36)])


def test_what_holds_out_nothing_is_not_warned_of(rows):
    for model in (
        MLPClassifier(n_iter_no_change=5),
        GradientBoostingClassifier(),
        HistGradientBoostingClassifier(),  # early_stopping="auto" holds out nothing of so few
    ):
        check_inner_splits(model, check_data(*rows), [np.arange(36)])


def test_automatic_early_stopping_holds_out_of_many_images():
    y, subjects = np.tile(["happy", "sad"], 6000), np.repeat(np.arange(120), 100).astype(str)
    with pytest.warns(UserWarning, match="early_stopping='auto' holds out images"):
        data = check_data(np.zeros((12000, 1)), y, subjects)
        check_inner_splits(HistGradientBoostingClassifier(), data, [np.arange(11000)])


# What stays fitted


class Holder:
    def __init__(self, model):
        self.model = model

    def __call__(self, X):
        return self.model.predict_proba(X)


class Keeper(ClassifierMixin, BaseEstimator):
    """Its clones are other objects, but know the same."""

    def __init__(self, model):
        self.model = self.model_ = model

    def fit(self, X, y):
        return self

    def __sklearn_clone__(self):
        return Keeper(self.model)


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
        lambda model: make_pipeline(FunctionTransformer(partial(model.predict_proba)), KNN),
        lambda model: make_pipeline(FunctionTransformer(lambda X: model.predict_proba(X)), KNN),
        lambda model: make_pipeline(FunctionTransformer(Holder(model)), KNN),
        lambda model: make_pipeline(
            FunctionTransformer(classify, kw_args={"model": np.array([model], object)}), KNN
        ),
        lambda model: Keeper(model),
        lambda model: GridSearchCV(
            make_pipeline(StandardScaler(), KNN),
            {"kneighborsclassifier": np.array([FrozenEstimator(model), KNN], object)},
            cv=GroupKFold(3),
        ),
    ],
)
def test_a_classifier_that_stays_fitted_is_refused(rows, wrap):
    model = wrap(KNeighborsClassifier(1).fit(*rows[:2]))
    with pytest.raises(ValueError, match="stays as it was fitted before the evaluation"):
        evaluate_subject_independent(model, *rows, cv=3)


@pytest.mark.parametrize(
    "part", [StandardScaler(), PLSRegression(1), FunctionTransformer(nn.Linear(1, 1))], ids=repr
)
def test_other_parts_that_stay_fitted_are_warned_of(rows, part):
    if not isinstance(part, FunctionTransformer):
        part = FrozenEstimator(part.fit(rows[0], rows[0][:, 0]))
    with pytest.warns(UserWarning, match="is not fitted anew"):
        refuse_fitted_parts(make_pipeline(part, KNN))


@pytest.mark.filterwarnings("error")
def test_the_landmark_model_of_a_locator_may_be_frozen():
    refuse_fitted_parts(EyeLocator(landmark_model=FrozenEstimator(load_landmark_model())))


@pytest.mark.parametrize(
    "callback",
    [
        Checkpoint(load_best=True),
        LoadInitState(Checkpoint(dirname="weights")),
        type("Own", (LoadInitState,), {})(Checkpoint(dirname="weights")),
    ],
)
def test_weights_do_not_come_from_another_fold(rows, callback):
    model = make_pipeline(StandardScaler(), CSPPClassifier(callbacks=[("keep", callback)]))
    with pytest.raises(ValueError, match="weights from a file that another fold may have written"):
        evaluate_subject_independent(model, *rows, cv=3)


# Subjects reach the hold-out, labels and columns


@pytest.mark.parametrize("routing", [False, True])
@pytest.mark.parametrize("kind", ["rows", "list", "stack", "stack in a pipeline", "faces"])
def test_validation_holds_out_the_subjects_of_the_evaluation(rows, kind, routing):
    _, y, subjects = rows
    images = np.random.default_rng(0).integers(0, 256, (72, 16, 16), np.uint8)
    X = {"rows": images.reshape(72, -1), "list": list(images), "faces": make_face_array(images)}
    seen = []

    class Noted(CSPPClassifier):
        def fit(self, X, y, sample_weight=None, groups=None):
            super().fit(X, y, groups=groups)
            seen.append(set(self.validation_subjects_))
            return self

    model = Noted(max_epochs=1, validation_fraction=0.3, random_state=0)
    if kind == "stack in a pipeline":
        model = make_pipeline(FaceAligner((12, 12)), model)
    with config_context(enable_metadata_routing=routing):
        evaluate_subject_independent(model, X.get(kind, images), y, subjects, cv=2)
    for held_out, (train, _) in zip(seen, GroupKFold(2).split(y, y, subjects), strict=True):
        assert len(held_out) == 2
        assert held_out < set(np.array(subjects)[train])


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


def test_inner_splits_that_name_other_images_are_refused(rows):
    search = GridSearchCV(KNN, GRID, cv=[([0, 1, 2], [36])])
    with pytest.raises(ValueError, match="The inner split cv=.* Fold 0 names rows that the 36 "):
        evaluate_subject_independent(search, *rows, cv=2)


def test_a_photograph_under_two_subjects_is_warned_of():
    data = make_faces(4, 1, expressions=("happy", "sad"), image_size=(48, 48), random_state=0)
    copies = np.clip(data.images.astype(int) + 2, 0, 255).astype(np.uint8)
    X, y = np.concatenate([data.images, copies]), np.tile(data.target, 2)
    subjects = [*data.subjects, *(f"{name}-again" for name in data.subjects)]
    with pytest.warns(UserWarning, match="8 images nearly equal ones of another subject"):
        evaluate_subject_independent(make_pipeline(PixelDescriptor(), KNN), X, y, subjects, cv=4)


def test_rows_in_another_order_are_refused(rows):
    X, y, subjects = rows
    frame = pd.DataFrame(X).assign(subject=subjects)
    shuffled = frame.sample(frac=1, random_state=0)
    with pytest.raises(ValueError, match="pandas indexes that differ"):
        evaluate_subject_independent(KNN, shuffled[[0, 1]], y, frame["subject"], cv=3)
    evaluate_subject_independent(KNN, shuffled[[0, 1]], y, shuffled["subject"], cv=3)
