"""What all descriptors share."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from skfer.descriptors import (
    GaborDescriptor,
    HOGDescriptor,
    LBPDescriptor,
    PHOGDescriptor,
    PixelDescriptor,
)
from skfer.faces import make_face_array

DESCRIPTORS = [
    GaborDescriptor,
    HOGDescriptor,
    LBPDescriptor,
    PHOGDescriptor,
    PixelDescriptor,
]


@pytest.fixture(params=DESCRIPTORS)
def descriptor(request):
    return request.param()


@pytest.fixture
def stack():
    return np.random.default_rng(0).integers(0, 256, (3, 20, 13), np.uint8)


def test_layouts_agree(descriptor, stack):
    features = descriptor.fit_transform(stack)
    assert_array_equal(descriptor.fit_transform(make_face_array(stack)), features)
    descriptor.set_params(image_shape=(20, 13))
    assert_array_equal(descriptor.fit_transform(stack.reshape(3, -1)), features)


@pytest.mark.parametrize("shape", [(1, 1), (1, 3), (3, 1), (7, 5), (33, 48)])
def test_any_image_size(descriptor, shape):
    images = np.random.default_rng(0).random((2, *shape))
    features = descriptor.fit_transform(images)
    assert features.shape == (2, len(descriptor.get_feature_names_out()))
    assert features.dtype == np.float32
    assert np.isfinite(features).all()


@pytest.mark.parametrize("dtype", [np.uint8, np.float32, np.float64])
@pytest.mark.parametrize("shape", [(1, 1), (4, 4), (20, 13)])
def test_constant_images_give_finite_features(descriptor, shape, dtype):
    features = descriptor.fit_transform(np.full((2, *shape), 7, dtype))
    assert np.isfinite(features).all()
    assert_array_equal(features[0], features[1])


def test_an_image_does_not_depend_on_its_batch(descriptor, stack):
    features = descriptor.fit_transform(stack)
    assert_array_equal(descriptor.transform(stack[1:2]), features[1:2])


def test_pandas_output_has_the_names_of_the_features(descriptor, stack):
    table = descriptor.set_output(transform="pandas").fit_transform(make_face_array(stack))
    assert table.columns.tolist() == descriptor.get_feature_names_out().tolist()
    assert table.columns.is_unique
