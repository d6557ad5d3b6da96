"""What all descriptors share."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from skfer.descriptors import GaborDescriptor, HOGDescriptor, LandmarkDescriptor, PixelDescriptor
from skfer.faces import make_face_array


@pytest.fixture(params=[PixelDescriptor, GaborDescriptor, HOGDescriptor, LandmarkDescriptor])
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
