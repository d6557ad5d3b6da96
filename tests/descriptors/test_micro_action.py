import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.ndimage import correlate
from sklearn.pipeline import make_pipeline
from sklearn.svm import SVC

from skfer._stateless import run_stateless_steps
from skfer.datasets import make_faces
from skfer.descriptors import MicroActionDescriptor
from skfer.descriptors._micro_action import _greatest, normalized_patches


@pytest.fixture(scope="module")
def images():
    return make_faces(4, 1, image_size=(24, 24), random_state=0).images


@pytest.fixture(scope="module")
def fitted(images):
    return MicroActionDescriptor(5, patch_size=5, n_cells=2, random_state=0).fit(images)


def test_features_are_the_greatest_responses_of_the_filters(fitted, images):
    image = images[0].astype(float)
    mean = correlate(image, np.full((5, 5), 1 / 25))[2:-2, 2:-2]
    square = correlate(image**2, np.full((5, 5), 1 / 25))[2:-2, 2:-2]
    deviation = np.sqrt(square - mean**2 + 0.01 * image.var())
    features = fitted.transform(images)[0].reshape(2, 2, 5)
    for index, pattern in enumerate(fitted.filters_):
        response = (correlate(image, pattern)[2:-2, 2:-2] - mean * pattern.sum()) / deviation
        response = np.maximum(response + fitted.offset_[index], 0)
        expected = [[response[:10, :10].max(), response[:10, 10:].max()]]
        expected += [[response[10:, :10].max(), response[10:, 10:].max()]]
        assert_allclose(features[:, :, index], expected, atol=1e-4)


def test_gain_and_offset_do_not_matter(fitted, images):
    image = images[:1].astype(float)
    expected = fitted.transform(images[:1])
    assert_allclose(fitted.transform(image * 0.3 + 7), expected, rtol=1e-4, atol=1e-5)


def test_patches_are_normalized(images):
    patches = normalized_patches(images[0], (5, 5))
    assert patches.shape == (400, 25)
    assert_allclose(patches.mean(axis=1), 0, atol=1e-9)
    assert (patches.std(axis=1) < 1).all()
    assert_array_equal(normalized_patches(np.full((6, 6), 9, np.uint8), (5, 5)), 0)


def test_cells_hold_a_place_at_least():
    responses = np.arange(4.0).reshape(2, 2, 1)
    assert_array_equal(_greatest(responses, 3)[:, :, 0], [[0, 0, 1], [0, 0, 1], [2, 2, 3]])
    assert_array_equal(_greatest(-responses, 2), 0)


def test_small_images_have_small_filters(images):
    fitted = MicroActionDescriptor(3, patch_size=30, n_cells=1, random_state=0).fit(images)
    assert fitted.filters_.shape == (3, 24, 24)


def test_it_learns_and_so_stays_inside_the_folds(images):
    pipeline = make_pipeline(MicroActionDescriptor(3), SVC())
    rest, X = run_stateless_steps(pipeline, images)
    assert len(rest.steps) == 2
    assert X is images


def test_seeds(images):
    first, again, other = (
        MicroActionDescriptor(5, random_state=seed).fit(images).filters_ for seed in (0, 0, 1)
    )
    assert_array_equal(first, again)
    assert np.abs(first - other).max() > 0
