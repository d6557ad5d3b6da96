import pickle

import numpy as np
import pytest
import torch
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV, GroupKFold
from torch import nn

from skfer import networks
from skfer.alignment import FaceAligner
from skfer.classifiers import NetworkClassifier
from skfer.datasets import make_faces
from tests.small_network import OwnNet


class NormedNet(nn.Module):
    """Cannot be copied."""

    def __init__(self, n_classes):
        super().__init__()
        self.layer = nn.Linear(48 * 48, n_classes)
        self.seen = None

    def forward(self, images):
        self.seen = self.layer(images.flatten(1))
        return self.seen


def test_a_network_that_cannot_be_copied_predicts(X, y):
    assert quick(NormedNet).fit(X, y).predict(X).shape == y.shape


@pytest.fixture(scope="module")
def data():
    X, y, subjects = make_faces(4, 2, expressions=("happy", "sad"), random_state=0, return_X_y=True)
    return FaceAligner((48, 48)).fit_transform(X), y, subjects


def quick(network=OwnNet, **parameters):
    return NetworkClassifier(network, **{"max_epochs": 1, "random_state": 0, **parameters})


@pytest.mark.parametrize(
    "name", ["LopesNet", "Plain5Net", "Plain7Net", "Plain8Net", "MollahosseiniNet", "SongNet"]
)
def test_the_papers_networks(X, y, name):
    model = quick(getattr(networks, name)).fit(X, y)
    assert model.predict_proba(X).shape == (len(y), 2)
    assert model.transform(X[:2]).shape[0] == 2


def test_a_network_of_fixed_size_learns_the_size_it_sees(X, y):
    model = quick(networks.DeXpressionNet, input_size=(40, 44)).fit(X, y)
    assert model.predict(X[:3]).shape == (3,)
    assert model.net_.module_.classify.in_features == 272 * 2 * 2


def test_parameters_of_network_and_optimizer(X, y, subjects):
    betas = (0.8, 0.9)
    model = quick(
        network__width=3, optimizer=torch.optim.Adam, optimizer__betas=betas, lr_scheduler=None
    )
    again = clone(model).set_params(network__width=5)
    assert (model.network__width, again.network__width) == (3, 5)
    assert again.fit(X, y).net_.module_.layers[2].in_features == 25
    again.set_params(lr_scheduler="one-cycle").fit(X, y)
    assert again.net_.optimizer_.param_groups[0]["betas"] == betas
    search = GridSearchCV(model, {"network__width": [2, 6]}, cv=GroupKFold(2))
    search.fit(X, y, groups=subjects)
    assert search.best_params_["network__width"] in (2, 6)
    assert "network__width=3" in repr(model)
    assert "network__width" in model._repr_html_()


class LazyNet(nn.Sequential):
    """Learns the sizes of its layers from the first image."""

    def __init__(self, n_classes):
        super().__init__(
            nn.LazyConv2d(4, 5, stride=4),
            nn.LazyBatchNorm2d(),
            nn.Flatten(),
            nn.LazyLinear(n_classes),
        )


def test_lazy_layers_are_trained(X, y):
    model = quick(LazyNet, max_epochs=2).fit(X, y)
    expected = model.predict_proba(X)
    np.testing.assert_array_equal(clone(model).fit(X, y).predict_proba(X), expected)
    again = pickle.loads(pickle.dumps(model))
    np.testing.assert_array_equal(again.predict_proba(X), expected)
    np.testing.assert_array_equal(again.fit(X, y).predict_proba(X), expected)


def test_mistakes_are_named(X, y):
    with pytest.raises(ValueError, match=r"OwnNet takes no 'widht'; .*'width'"):
        quick(network__widht=3).fit(X, y)
    with pytest.raises(ValueError, match="network is a module; give its class"):
        quick(OwnNet(2)).fit(X, y)
    with pytest.raises(ValueError, match=r"gave int, not a torch\.nn\.Module"):
        quick(lambda n_classes: n_classes).fit(X, y)
    with pytest.raises(ValueError, match="takes no 'n_classes'"):
        quick(lambda: OwnNet(2)).fit(X, y)
    for odd in (nn.Module.double, nn.Module.half):
        with pytest.raises(ValueError, match="make all of its weights float32"):
            quick(lambda n_classes, odd=odd: odd(OwnNet(n_classes))).fit(X, y)
    for n_scores in (1, 3):
        with pytest.raises(ValueError, match=rf"OwnNet gave shape \(1, {n_scores}\) for 1 image"):
            quick(lambda n_classes, n=n_scores: OwnNet(n)).fit(X, y)


def test_training_that_diverges_is_refused(X, y):
    model = quick(lr=1e30)
    with pytest.raises(ValueError, match="weights of OwnNet are not finite after epoch"):
        model.fit(X, y)
    assert not hasattr(model, "net_")
