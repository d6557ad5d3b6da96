"""What a classifier over a network is before, during and after a fit."""

import pickle
import signal
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import numpy as np
import pytest
import torch
from sklearn.exceptions import NotFittedError
from sklearn.utils.validation import check_is_fitted
from skorch.callbacks import Callback, Checkpoint, EarlyStopping

from skfer.alignment import EyeLocator
from skfer.classifiers import NetworkClassifier, _net
from skfer.networks import Plain5Net
from skfer.pipelines import make_gabor_svm_pipeline
from skfer.preprocessing import IntensityNormalizer
from tests.small_network import OwnNet, SmallNetwork


@pytest.fixture(scope="module")
def data():
    images = np.random.default_rng(0).integers(0, 256, (24, 24, 24), np.uint8)
    return images, np.array(["happy", "sad"] * 12), np.repeat(list("abcdef"), 4)


def quick(**parameters):
    settings = {"max_epochs": 1, "random_state": 0, "device": "cpu"}
    return NetworkClassifier(SmallNetwork, **settings | parameters)


# ---- a fit that fails


@pytest.mark.parametrize(
    ("wrong", "arguments"),
    [
        ({"validation_fraction": 0.3}, {}),
        ({"input_size": (99, 99)}, {}),
        ({"patience": 3}, {}),
        ({"true_class_probability": 0.1}, {}),
        ({"lr": -1}, {}),
        ({}, {"sample_weight": -np.ones(24)}),
        ({}, {"groups": ["a"]}),
        ({"callbacks": [EarlyStopping]}, {}),
    ],
)
def test_a_fit_that_fails_leaves_it_unfitted(data, wrong, arguments):
    X, y, _ = data
    model = quick().fit(X, y)
    with pytest.raises(ValueError):
        model.set_params(**wrong).fit(X, y, **arguments)
    assert_unfitted(model, X)


def assert_unfitted(model, X):
    for use in (check_is_fitted, pickle_twin, lambda model: model.history_):
        with pytest.raises(NotFittedError):
            use(model)
    for method in ("predict", "predict_proba", "transform"):
        with pytest.raises(NotFittedError):
            getattr(model, method)(X)
    with pytest.raises(NotFittedError):
        model.get_feature_names_out()


def pickle_twin(model):
    check_is_fitted(pickle.loads(pickle.dumps(model)))


# ---- Ctrl-C


class PressCtrlC(Callback):
    def on_epoch_end(self, net, **kwargs):
        signal.raise_signal(signal.SIGINT)


class HadEnough(Callback):
    def on_epoch_end(self, net, **kwargs):
        raise KeyboardInterrupt


def raise_interrupt(number, frame):
    raise KeyboardInterrupt


@pytest.fixture
def handler():
    former = signal.getsignal(signal.SIGINT)
    yield lambda chosen: signal.signal(signal.SIGINT, chosen)
    signal.signal(signal.SIGINT, former)


@pytest.mark.parametrize("chosen", [signal.default_int_handler, raise_interrupt])
def test_an_interrupt_inside_a_callback_is_one(data, handler, chosen):
    X, y, _ = data
    handler(chosen)
    model = quick(max_epochs=3, callbacks=[PressCtrlC()])
    with pytest.raises(KeyboardInterrupt):
        model.fit(X, y)
    assert_unfitted(model, X)
    assert signal.getsignal(signal.SIGINT) is chosen


@pytest.mark.parametrize("chosen", [signal.SIG_IGN, lambda number, frame: None])
def test_an_interrupt_that_is_ignored_changes_nothing(data, handler, chosen):
    X, y, _ = data
    handler(chosen)
    assert len(quick(max_epochs=2, callbacks=[PressCtrlC()]).fit(X, y).history_) == 2


def test_callbacks_still_stop_the_training(data):
    X, y, subjects = data
    assert len(quick(max_epochs=4, callbacks=[HadEnough()]).fit(X, y).history_) == 1
    stop = EarlyStopping("train_loss", patience=1, threshold=1e9, threshold_mode="abs")
    assert len(quick(max_epochs=4, callbacks=[stop]).fit(X, y).history_) < 4
    with ThreadPoolExecutor(1) as pool:
        model = pool.submit(quick(max_epochs=4, callbacks=[HadEnough()]).fit, X, y).result()
    assert len(model.history_) == 1


# ---- threads


def test_fits_in_threads_give_the_same_bits(data):
    X, y, _ = data
    expected = quick().fit(X, y).predict_proba(X)
    state = torch.random.get_rng_state()
    with ThreadPoolExecutor(3) as pool:
        found = list(pool.map(lambda _: quick().fit(X, y).predict_proba(X), range(3)))
    assert all(np.array_equal(one, expected) for one in found)
    assert torch.equal(torch.random.get_rng_state(), state)


# ---- what it holds


@pytest.mark.parametrize(
    "parameters",
    [{}, {"validation_fraction": 0.3, "patience": 2}, {"optimizer": torch.optim.SGD}],
)
def test_a_pickle_holds_the_weights_once(data, parameters):
    X, y, subjects = data
    model = quick(**parameters, network__hidden_units=4096).fit(X, y, groups=subjects)
    expected = model.predict_proba(X)  # keeps the fused network
    weights = sum(w.numel() * w.element_size() for w in model.net_.network.state_dict().values())
    content = pickle.dumps(model)
    assert weights < len(content) < 1.2 * weights
    again = pickle.loads(content)
    assert len(pickle.dumps(again)) < 1.2 * weights
    np.testing.assert_array_equal(again.predict_proba(X), expected)
    np.testing.assert_array_equal(again.fit(X, y, groups=subjects).predict_proba(X), expected)


def test_the_network_is_fused_once(data, monkeypatch):
    X, y, _ = data
    calls = []
    monkeypatch.setattr(
        _net, "fuse_batch_norm", lambda network, fuse=_net.fuse_batch_norm: (
            calls.append(network), fuse(network)
        )[1],
    )  # fmt: skip
    model = quick().fit(X, y)
    first = model.predict_proba(X)
    for _ in range(3):
        np.testing.assert_array_equal(model.predict_proba(X), first)
    assert len(calls) == 1
    weights = model.net_.network.state_dict()
    model.net_.network.load_state_dict({name: 0 * value for name, value in weights.items()})
    np.testing.assert_allclose(model.predict_proba(X), 0.5)
    np.testing.assert_allclose(model.fit(X, y).predict_proba(X), first)
    assert len(calls) == 3


# ---- transform


@pytest.mark.parametrize(
    "network", [OwnNet, partial(OwnNet, n_classes=2), lambda n_classes: OwnNet()]
)
def test_transform_needs_features(data, network):
    X, y, _ = data
    model = NetworkClassifier(network, max_epochs=1)
    model.fit(X, y)
    assert not hasattr(model, "transform") and not hasattr(model, "get_feature_names_out")


def test_features_have_names_and_become_frames(data):
    X, y, _ = data
    model = quick().set_output(transform="pandas").fit(X, y)
    features = model.transform(X)
    assert features.columns.tolist() == model.get_feature_names_out().tolist()


def test_names_behind_a_locator():
    pipeline = make_gabor_svm_pipeline()[:-1]
    assert EyeLocator().get_feature_names_out().tolist() == ["face"]
    assert pipeline[:2].get_feature_names_out()[:2].tolist() == ["y0_x0", "y0_x1"]
    with pytest.raises(NotFittedError):
        IntensityNormalizer().get_feature_names_out()


# ---- networks of a function


def test_a_module_that_is_given_twice_starts_again(data):
    X, y, _ = data
    module = OwnNet()
    before = module.layers[2].weight.detach().clone()
    model = NetworkClassifier(lambda n_classes: module, max_epochs=3, random_state=0)
    first = model.fit(X, y)
    expected, trained = first.predict_proba(X), first.net_.module_
    np.testing.assert_array_equal(model.fit(X, y).predict_proba(X), expected)
    assert model.net_.module_ is not trained and trained is not module
    assert torch.equal(module.layers[2].weight, before)


# ---- callbacks


@pytest.mark.parametrize(
    "callback", [EarlyStopping, EarlyStopping(), ("mine", Checkpoint(dirname="nowhere"))]
)
def test_who_waits_for_a_validation_is_told_so(data, callback):
    X, y, _ = data
    with pytest.raises(ValueError, match="waits for 'valid_loss.*give validation_fraction"):
        quick(callbacks=[callback]).fit(X, y)


@pytest.mark.parametrize("name", ["lr_scheduler", "keep_best", "progress"])
def test_callbacks_may_have_any_name(data, name):
    X, y, subjects = data
    model = quick(validation_fraction=0.3, verbose=0, callbacks=[(name, Callback())])
    assert name in dict(model.fit(X, y, groups=subjects).net_.callbacks_)


def test_a_single_step_has_the_rate_asked_for(data):
    X, y, _ = data
    settings = {"batch_size": 24, "augmentation": None, "network__dropout": 0.0}
    cycle = quick(**settings).fit(X, y)
    constant = quick(lr_scheduler=None, **settings)
    np.testing.assert_array_equal(cycle.predict_proba(X), constant.fit(X, y).predict_proba(X))


@pytest.mark.parametrize("name", ["module__width", "networks__width", "lrr"])
def test_other_names_get_a_hint(name):
    with pytest.raises(TypeError, match=f"'{name}'; those of the network are network__"):
        NetworkClassifier(Plain5Net, **{name: 3})
