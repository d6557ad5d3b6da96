import numpy as np
import pandas as pd
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.svm import SVC
from torch import nn

from skfer.alignment import FaceAligner
from skfer.augmentation import RandomAffine
from skfer.classifiers import CSPPClassifier, NetworkClassifier
from skfer.datasets import make_faces
from skfer.faces import make_face_array
from skfer.inspection import ExplanationDisplay, grad_cam, occlusion_maps


class CornerClassifier(ClassifierMixin, BaseEstimator):
    """Looks at the brightness of the upper left corner, and at nothing else."""

    classes_ = np.array(["bright", "dark"])

    def predict_proba(self, X):
        X = X["image"] if X.dtype.names else X
        X = X.reshape(len(X), 20, -1)  # rows, too
        bright = X[:, :4, :4].mean(axis=(1, 2)) / 255
        return np.column_stack([bright, 1 - bright])

    def predict(self, X):
        return self.classes_[self.predict_proba(X).argmax(axis=1)]


def corner_images():
    images = np.zeros((3, 20, 16), np.uint8)
    images[:2, :4, :4] = 255
    return images


class SeriesClassifier(CornerClassifier):
    def predict(self, X):
        return pd.Series(super().predict(X), index=range(7, 7 + len(X)))


def test_a_classifier_may_predict_a_series():
    maps = [
        occlusion_maps(classifier, corner_images(), window=4)
        for classifier in (CornerClassifier(), SeriesClassifier())
    ]
    np.testing.assert_array_equal(*maps)


@pytest.mark.parametrize("as_faces", [False, True])
def test_occlusion_finds_the_corner(as_faces):
    images = corner_images()
    X = make_face_array(images) if as_faces else images
    maps = occlusion_maps(CornerClassifier(), X, window=4, stride=2)
    assert maps.shape == images.shape
    for bright in maps[:2]:
        assert bright[:4, :4].min() > 0.1
        assert np.abs(bright[6:, 6:]).max() == 0
    against = occlusion_maps(CornerClassifier(), X[:1], labels=["dark"], window=4, stride=2)
    np.testing.assert_allclose(against, -maps[:1])


def test_occlusion_covers_every_pixel_and_touches_nothing():
    images = corner_images()
    before = images.copy()
    maps = occlusion_maps(CornerClassifier(), images, window=7, stride=5)
    assert np.isfinite(maps).all()
    np.testing.assert_array_equal(images, before)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"window": 17}, "window == 17"),
        ({"stride": 9}, "stride == 9"),
        ({"labels": ["bright"]}, r"\(1,\); 3 images need"),
        ({"labels": ["bright", "dim", "dark"]}, "'dim'"),
    ],
)
def test_mistakes_are_named(changes, message):
    with pytest.raises(ValueError, match=message):
        occlusion_maps(CornerClassifier(), corner_images(), **changes)


def test_occlusion_takes_rows_of_square_images_only():
    squares = np.zeros((3, 20, 20), np.uint8)
    squares[:, :, :16] = corner_images()
    expected = occlusion_maps(CornerClassifier(), squares)
    rows = squares.reshape(3, -1)
    np.testing.assert_array_equal(occlusion_maps(CornerClassifier(), rows), expected)
    with pytest.raises(ValueError, match="Rows of 320 pixels are not squares"):
        occlusion_maps(CornerClassifier(), rows[:, :320])


@pytest.fixture(scope="module")
def marked():
    """Noise with a disc on the left or on the right: where a classifier has to look is known."""
    rng = np.random.default_rng(0)
    images = rng.integers(0, 120, (64, 24, 24), np.uint8)
    y = np.array(["left", "right"] * 32)
    images[y == "left", 9:15, 3:9] += 120
    images[y == "right", 9:15, 15:21] += 120
    return images, y


@pytest.fixture(scope="module")
def looking(marked):
    warp = RandomAffine(flip=False)
    return CSPPClassifier(max_epochs=12, augmentation=warp, random_state=0).fit(*marked)


def test_a_layer_that_is_called_in_parts_is_refused(marked, looking):
    X, y = marked
    with pytest.raises(ValueError, match="does not call this layer as a whole"):
        grad_cam(looking, X[:2], labels=y[:2], layer="high_level")


@pytest.mark.parametrize("layer", [None, "high_level.conv4"])
def test_grad_cam_looks_at_the_disc(marked, looking, layer):
    X, y = marked
    assert looking.score(X, y) > 0.95
    maps = grad_cam(looking, X, labels=y, layer=layer)
    assert maps.min() >= 0
    assert maps.max() == 1
    for label, inside, outside in [
        ("left", slice(12), slice(12, 24)),
        ("right", slice(12, 24), slice(12)),
    ]:
        mean = maps[y == label].mean(axis=0)
        assert mean[:, inside].mean() > mean[:, outside].mean()


def test_grad_cam_leaves_the_model_as_it_was(marked):
    X, y = marked
    model = CSPPClassifier(max_epochs=1, input_size=(20, 20), random_state=0).fit(X, y)
    before = model.predict_proba(X)
    maps = grad_cam(model, X[:5])
    assert not maps[:, :2].any()  # the margin
    np.testing.assert_array_equal(model.predict_proba(X), before)
    assert not any(layer._forward_hooks for layer in model.net_.module_.modules())


class NoConvolution(nn.Sequential):
    def __init__(self, n_classes):
        super().__init__(nn.Flatten(), nn.Linear(24 * 24, n_classes))


def test_what_has_no_maps_is_refused(marked):
    X, y = marked
    with pytest.raises(TypeError, match="SVC has no network"):
        grad_cam(SVC(), X)
    model = NetworkClassifier(NoConvolution, max_epochs=1).fit(X, y)
    with pytest.raises(ValueError, match="no convolution"):
        grad_cam(model, X)
    with pytest.raises(ValueError, match="no layer 'conv9'"):
        grad_cam(model, X, layer="conv9")
    with pytest.raises(ValueError, match="gives no maps"):
        grad_cam(model, X, layer="1")


def test_mean_map_of_each_expression():
    X, y, _ = make_faces(2, 1, expressions=("happy", "sad"), random_state=0, return_X_y=True)
    X = FaceAligner((24, 24)).fit_transform(X)
    maps = np.stack([np.full((24, 24), -1.0 if label == "sad" else 0.5) for label in y])
    display = ExplanationDisplay.from_maps(maps, X, y)
    assert [text.get_text() for text in display.text_] == ["happy", "sad"]
    assert [float(im.get_array().mean()) for im in display.map_ims_] == [0.5, -1.0]
    assert display.map_ims_[0].get_clim() == (-1, 1)
    happy = X["image"][y == "happy"].mean(axis=0)
    np.testing.assert_allclose(display.face_ims_[0].get_array(), happy)
    with pytest.raises(ValueError, match="4 maps, but 3 labels"):
        ExplanationDisplay.from_maps(maps, X, y[:3])
    with pytest.raises(ValueError, match="maps have shape"):
        ExplanationDisplay.from_maps(maps[:, :5], X, y)
