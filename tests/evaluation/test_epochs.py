from functools import partial

import numpy as np
import pandas as pd
import pytest
import torch
from imblearn.pipeline import Pipeline as SamplingPipeline
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss
from sklearn.pipeline import make_pipeline
from skorch.callbacks import Callback

from skfer.alignment import FaceAligner
from skfer.augmentation import EyeJitterSampler
from skfer.classifiers import NetworkClassifier
from skfer.datasets import make_faces
from skfer.evaluation import evaluate_subject_independent
from skfer.evaluation._displays._epoch_curves import EpochCurvesDisplay
from skfer.evaluation._epochs import evaluate_epochs
from skfer.preprocessing import IntensityNormalizer
from tests.small_network import SmallNetwork

COLUMNS = ["train_loss", "train_accuracy", "test_loss", "test_accuracy"]


@pytest.fixture(scope="module")
def data():
    X, y, subjects = make_faces(6, 2, expressions=("happy", "sad"), random_state=0, return_X_y=True)
    return FaceAligner((24, 24), margin=0.125).fit_transform(X), y, subjects


def quick(network=SmallNetwork, **parameters):
    settings = {"max_epochs": 3, "random_state": 0, "input_size": (24, 24)}
    return NetworkClassifier(network, **settings | parameters)


class NetKeeper(Callback):
    """Keeps the nets that are trained: a classifier copies its callbacks, but not the class."""

    nets: list = []

    def on_train_begin(self, net, X=None, y=None, **kwargs):
        self.nets.append(net)


class StopsAfterTwo(Callback):
    """Ends the training early, with weights that are none of an epoch."""

    def on_epoch_end(self, net, **kwargs):
        if len(net.history) == 2:
            raise KeyboardInterrupt

    def on_train_end(self, net, X=None, y=None, **kwargs):
        with torch.no_grad():
            for weight in net.module_.parameters():
                weight.zero_()


class NoisyNetwork(SmallNetwork):
    """Draws random numbers in prediction too, and has its normalization where none is fused."""

    def __init__(self, n_classes):
        super().__init__(n_classes)
        self.norm = torch.nn.BatchNorm2d(1)
        for block in self.convolutions[:1]:
            del block.norm

    def features(self, images):
        images = self.norm(images)
        return super().features(images + 0.01 * torch.randn_like(images))


def trained_weights(evaluate, estimator, *data):
    """Return the weights of all nets that an evaluation trains."""
    NetKeeper.nets = []
    evaluate(estimator, *data, cv=2)
    return [
        {name: values.clone() for name, values in net.module_.state_dict().items()}
        for net in NetKeeper.nets
    ]


@pytest.mark.parametrize(
    "parameters",
    [
        {},
        {"network": NoisyNetwork},
        {"validation_fraction": 0.4, "augmentation": None},
        {"test_time_flip": True, "max_epochs": 2, "batch_size": 5},
    ],
)
def test_training_is_left_as_it_is(data, parameters):
    estimator = quick(callbacks=[NetKeeper], **parameters)
    ordinary = trained_weights(evaluate_subject_independent, estimator, *data)
    watched = trained_weights(evaluate_epochs, estimator, *data)
    assert len(watched) == len(ordinary) == 2
    for one, other in zip(ordinary, watched, strict=True):
        assert one.keys() == other.keys()
        assert all(torch.equal(one[name], other[name]) for name in one)
    assert estimator.callbacks == [NetKeeper]


def test_a_curve_is_made_of_evaluations_after_fewer_epochs(data):
    # With a constant learning rate, a shorter training is the beginning of a longer one.
    X, y, subjects = data
    constant = partial(quick, lr_scheduler=None, lr=0.01)
    curves = evaluate_epochs(constant(max_epochs=3), X, y, subjects, cv=3)
    assert curves[["fold", "epoch"]].to_numpy().tolist() == [
        [fold, epoch] for fold in range(3) for epoch in (1, 2, 3)
    ]
    for epoch, rows in curves.groupby("epoch"):
        result = evaluate_subject_independent(constant(max_epochs=epoch), X, y, subjects, cv=3)
        np.testing.assert_allclose(rows["test_accuracy"], result.folds["accuracy"])
        losses = [
            log_loss(images["y_true"], images[["proba_happy", "proba_sad"]].to_numpy())
            for _, images in result.images.groupby("fold")
        ]
        np.testing.assert_allclose(rows["test_loss"], losses, rtol=1e-6)
        model = constant(max_epochs=epoch)
        for fold, test in result.images.groupby("fold")["image"]:
            train = np.setdiff1d(np.arange(len(y)), test)
            model.fit(X[train], y[train])
            row = rows[rows["fold"] == fold].iloc[0]
            assert row["train_accuracy"] == model.score(X[train], y[train])
            loss = log_loss(y[train], model.predict_proba(X[train]))
            np.testing.assert_allclose(row["train_loss"], loss, rtol=1e-6)


def test_every_few_epochs_and_after_the_last(data):
    all_epochs = evaluate_epochs(quick(), *data, cv=2).set_index(["fold", "epoch"])
    some = evaluate_epochs(quick(), *data, cv=2, every=2).set_index(["fold", "epoch"])
    assert some.index.tolist() == [(0, 2), (0, 3), (1, 2), (1, 3)]
    assert some.equals(all_epochs.loc[some.index])


@pytest.mark.slow
def test_processes_give_the_same(data):
    serial = evaluate_epochs(quick(max_epochs=2), *data, cv=2)
    assert evaluate_epochs(quick(max_epochs=2), *data, cv=2, n_jobs=2).equals(serial)


def test_curves_go_on_past_the_epoch_that_is_kept(data):
    # The rate is so high that the first epoch is the best, and patience ends the training.
    estimator = quick(
        max_epochs=20, lr=10.0, lr_scheduler=None, validation_fraction=0.4, patience=2
    )
    curves = evaluate_epochs(estimator, *data, cv=2)
    lengths = curves.groupby("fold")["epoch"].max()
    assert (lengths < 20).all() and (lengths >= 3).all()
    assert (curves.groupby("fold").size() == lengths).all()


def test_a_callback_that_stops_the_training(data):
    curves = evaluate_epochs(quick(callbacks=[StopsAfterTwo()]), *data, cv=2)
    whole = evaluate_epochs(quick(), *data, cv=2)
    assert curves.equals(whole[whole["epoch"] <= 2].reset_index(drop=True))


def test_behind_a_sampler_the_images_themselves_are_predicted(data):
    _, y, subjects = data
    faces = make_faces(6, 2, expressions=("happy", "sad"), random_state=0, return_X_y=True)[0]
    steps = [
        ("sampler", EyeJitterSampler(2, random_state=0)),
        ("align", FaceAligner((24, 24))),
        ("normalize", IntensityNormalizer()),
        ("classify", quick(augmentation=None, max_epochs=1, network__contrast_window=None)),
    ]
    pipeline = SamplingPipeline(steps)
    (row,) = evaluate_epochs(pipeline, faces, y, subjects, cv=[(range(16), range(16, 24))])[
        COLUMNS
    ].to_numpy()
    pipeline.fit(faces[:16], y[:16])
    expected = []
    for part in (slice(16), slice(16, None)):
        expected.append(log_loss(y[part], pipeline.predict_proba(faces[part])))
        expected.append(pipeline.score(faces[part], y[part]))
    np.testing.assert_allclose(row, expected, rtol=1e-6)


def test_nested_pipelines_and_leading_steps(data):
    X, y, subjects = data
    classifier = quick(max_epochs=1)
    expected = evaluate_epochs(classifier, X, y, subjects, cv=2)
    nested = make_pipeline("passthrough", make_pipeline("passthrough", classifier))
    assert evaluate_epochs(nested, X, y, subjects, cv=2).equals(expected)


def test_held_out_subjects_of_plain_stacks(data):
    # The subjects of a stack reach the classifier as groups.
    faces, y, subjects = data
    estimator = quick(max_epochs=1, validation_fraction=0.4)
    stack = np.stack(list(faces["image"]))
    assert evaluate_epochs(estimator, stack, y, subjects, cv=2)["fold"].tolist() == [0, 1]


def test_refused(data):
    X, y, subjects = data
    with pytest.raises(ValueError, match="not LogisticRegression"):
        evaluate_epochs(make_pipeline(LogisticRegression()), X, y, subjects)
    with pytest.raises(ValueError, match="every=0"):
        evaluate_epochs(quick(), X, y, subjects, every=0)
    shared = [(range(22), range(22, 24))]  # cuts through the images of one subject
    with pytest.raises(ValueError, match="in training and test"):
        evaluate_epochs(quick(), X, y, subjects, cv=shared)


@pytest.fixture
def curves():
    # The second fold stopped after two epochs.
    return pd.DataFrame(
        {
            "fold": [0, 0, 0, 1, 1],
            "epoch": [1, 2, 3, 1, 2],
            "train_loss": [1.0, 0.8, 0.6, 0.8, 0.4],
            "train_accuracy": [0.5, 0.75, 1.0, 0.25, 1.0],
            "test_loss": [1.5, 1.25, 1.5, 1.0, 0.75],
            "test_accuracy": [0.5, 0.25, 0.25, 0.25, 0.75],
        }
    )


@pytest.mark.parametrize(
    ("score", "train", "test", "test_range"),
    [
        ("accuracy", [0.375, 0.875], [0.375, 0.5], (0.25, 0.75)),
        ("error", [0.625, 0.125], [0.625, 0.5], (0.25, 0.75)),
        ("loss", [0.9, 0.6], [1.25, 1.0], (0.75, 1.5)),
    ],
)
def test_display_draws_means_over_the_epochs_of_all_folds(curves, score, train, test, test_range):
    display = EpochCurvesDisplay.from_frame(curves, score=score)
    assert display.lines_["test"].get_xdata().tolist() == [1, 2]
    np.testing.assert_allclose(display.lines_["train"].get_ydata(), train)
    np.testing.assert_allclose(display.lines_["test"].get_ydata(), test)
    heights = display.bands_["test"].get_paths()[0].vertices[:, 1]
    assert (heights.min(), heights.max()) == test_range
    assert display.ax_.get_ylabel() == score


def test_display_of_one_epoch_has_points(curves):
    display = EpochCurvesDisplay.from_frame(curves[curves["epoch"] == 1])
    assert display.lines_["train"].get_marker() == "o"


def test_display_refuses_other_scores(curves):
    with pytest.raises(ValueError, match="score='f1'"):
        EpochCurvesDisplay.from_frame(curves, score="f1")
