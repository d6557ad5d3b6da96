import pickle

import numpy as np
import pytest
import torch
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV, GroupKFold, cross_val_predict
from skorch.callbacks import Callback

from skfer.alignment import FaceAligner
from skfer.classifiers import CSPPClassifier
from skfer.datasets import make_faces
from skfer.utils import check_images


@pytest.fixture(scope="module")
def data():
    X, y, subjects = make_faces(6, 2, expressions=("happy", "sad"), random_state=0, return_X_y=True)
    return FaceAligner((24, 24), margin=0.125).fit_transform(X), y, subjects


def quick(**parameters):
    return CSPPClassifier(
        **{"max_epochs": 2, "random_state": 0, "input_size": (24, 24), **parameters}
    )


class BatchCounter(Callback):
    def __init__(self):
        self.n_batches = 0

    def on_batch_end(self, net, training, **kwargs):
        self.n_batches += training


@pytest.mark.parametrize(("batch_size", "n_batches"), [(5, 5), ("auto", 3)])
def test_callback_of_the_user_fires_on_every_batch(data, batch_size, n_batches):
    X, y, _ = data  # 24 faces
    counter = BatchCounter()
    model = quick(callbacks=[("counter", counter)], batch_size=batch_size, max_epochs=3).fit(X, y)
    fired = dict(model.net_.callbacks_)["counter"].n_batches
    assert fired == 3 * n_batches
    assert counter.n_batches == 0  # the parameter itself is not touched


def test_small_batches_of_auto_take_a_lower_rate(data):
    X, y, _ = data
    fixed, auto = (quick(batch_size=size, lr_scheduler=None).fit(X, y) for size in (8, "auto"))
    assert fixed.net_.optimizer_.param_groups[0]["lr"] == 2e-3
    assert auto.net_.optimizer_.param_groups[0]["lr"] == pytest.approx(1e-3)


def test_equal_seeds_give_equal_bits_and_others_do_not(data):
    X, y, _ = data
    first, second = (quick().fit(X, y).predict_proba(X) for _ in range(2))
    np.testing.assert_array_equal(first, second)
    assert not np.array_equal(first, quick(random_state=1).fit(X, y).predict_proba(X))


def test_it_learns_unseen_subjects(data):
    X, y, subjects = data
    predicted = cross_val_predict(
        quick(max_epochs=25, batch_size=8), X, y, groups=subjects, cv=GroupKFold(3)
    )
    assert (predicted == y).mean() >= 0.75


def test_layouts_give_the_same_model(data):
    X, y, _ = data
    stack = np.ascontiguousarray(X["image"])
    expected = quick().fit(X, y).predict_proba(X)
    for other in (stack, stack.reshape(len(stack), -1)):
        np.testing.assert_array_equal(quick().fit(other, y).predict_proba(other), expected)


def test_pickle_predicts_the_same(data):
    X, y, _ = data
    model = quick().fit(X, y)
    again = pickle.loads(pickle.dumps(model))
    np.testing.assert_array_equal(model.predict_proba(X), again.predict_proba(X))


def test_optimizer_parameters_are_searched_and_cloned(data):
    X, y, subjects = data
    model = quick(optimizer=torch.optim.SGD, optimizer__momentum=0.5)
    assert clone(model).optimizer__momentum == 0.5
    grid = {"optimizer__momentum": [0.0, 0.9]}
    search = GridSearchCV(model, grid, cv=GroupKFold(2)).fit(X, y, groups=subjects)
    best = search.best_estimator_
    momentum = best.net_.optimizer_.param_groups[0]["momentum"]
    assert momentum == best.optimizer__momentum


def test_unknown_parameters_are_refused():
    with pytest.raises(TypeError, match="lrr"):
        CSPPClassifier(lrr=1)
    with pytest.raises(ValueError, match="Invalid parameter 'lrr'"):
        CSPPClassifier().set_params(lrr=1)


@pytest.mark.parametrize(("probability", "n_classes"), [(0.9, 2), (0.9, 6), (1.0, 6)])
def test_true_class_gets_its_probability(probability, n_classes):
    X = np.random.default_rng(0).random((n_classes, 8, 8))
    model = CSPPClassifier(max_epochs=1, true_class_probability=probability).fit(
        X, range(n_classes)
    )
    # Cross-entropy with smoothing is linear in the target, which its gradient gives away.
    logits = torch.zeros(1, n_classes, requires_grad=True)
    model.net_.criterion_(logits, torch.tensor([0])).backward()
    target = 1 / n_classes - logits.grad[0]
    expected = [probability] + [(1 - probability) / (n_classes - 1)] * (n_classes - 1)
    np.testing.assert_allclose(target.numpy(), expected, atol=1e-6)


def test_training_leaves_torchs_generator_alone(data):
    X, y, _ = data
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    quick(random_state=None, max_epochs=1).fit(X, y)
    assert torch.equal(torch.rand(3), expected)


def test_input_size_beyond_the_images_is_refused(data):
    X, y, _ = data
    with pytest.raises(ValueError, match=r"input_size=\(64, 64\) exceeds"):
        quick(input_size=(64, 64)).fit(X, y)


def test_one_sample_is_refused(data):
    X, y, _ = data
    with pytest.raises(ValueError, match="1 sample"):
        quick().fit(X[:1], y[:1])


class ImagesSeen(Callback):
    def on_train_begin(self, net, X=None, **kwargs):
        self.images = X


def test_a_memory_map_is_trained_on_without_a_copy(data, tmp_path):
    X, y, _ = data
    np.save(tmp_path / "faces.npy", X)
    mapped = np.load(tmp_path / "faces.npy", mmap_mode="r")
    model = quick(callbacks=[("seen", ImagesSeen())]).fit(mapped, y)
    assert np.shares_memory(dict(model.net_.callbacks_)["seen"].images, mapped["image"])
    assert np.shares_memory(check_images(model, mapped, reset=False).images, mapped["image"])
    np.testing.assert_array_equal(model.predict_proba(mapped), quick().fit(X, y).predict_proba(X))
