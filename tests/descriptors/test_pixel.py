import numpy as np
from numpy.testing import assert_array_equal

from skfer.descriptors import PixelDescriptor


def test_features_are_the_pixels():
    images = np.arange(12, dtype=np.uint8).reshape(2, 2, 3)
    assert_array_equal(PixelDescriptor().fit_transform(images), [range(6), range(6, 12)])
