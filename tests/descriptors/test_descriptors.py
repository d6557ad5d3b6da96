"""What all descriptors share."""

import re

import numpy as np
import pytest
from joblib import parallel_config
from numpy.testing import assert_allclose, assert_array_equal

from skfer import base
from skfer.descriptors import (
    GaborDescriptor,
    HOGDescriptor,
    LandmarkDescriptor,
    LBPDescriptor,
    OpticalFlowDescriptor,
    PHOGDescriptor,
    PixelDescriptor,
    RadialGaborDescriptor,
)
from skfer.faces import make_face_array

DESCRIPTORS = [
    GaborDescriptor,
    HOGDescriptor,
    LandmarkDescriptor,
    LBPDescriptor,
    PHOGDescriptor,
    PixelDescriptor,
    RadialGaborDescriptor,
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


@pytest.mark.parametrize(
    "kind", [GaborDescriptor, HOGDescriptor, PHOGDescriptor, RadialGaborDescriptor]
)
def test_a_constant_image_has_no_texture(kind):
    assert not kind().fit_transform(np.full((1, 16, 12), 0.1)).any()


@pytest.mark.parametrize(
    ("kind", "bad"),
    [
        (GaborDescriptor, {"min_wavelength": 1.5, "n_orientations": 0, "n_scales": 0}),
        (GaborDescriptor, {"sigma": 0, "grid_size": 0}),
        (HOGDescriptor, {"cell_size": 0, "block_size": 0, "n_orientations": 0}),
        (LBPDescriptor, {"radius": 0, "n_rows": 0, "n_columns": 0, "region_weights": "ahonen"}),
        (OpticalFlowDescriptor, {"reference": "last", "n_rows": 0, "n_segments": 0}),
        (OpticalFlowDescriptor, {"n_orientations": 0}),
        (PHOGDescriptor, {"n_orientations": 0, "angle": 90, "n_levels": 0, "edge_quantile": 1.1}),
        (RadialGaborDescriptor, {"n_divisions": 0, "n_orientations": 0, "n_rings": 0}),
        (RadialGaborDescriptor, {"n_sectors": 0, "working_shape": 0}),
    ],
)
def test_bad_parameters_are_refused(kind, bad):
    for parameter, value in bad.items():
        with pytest.raises(ValueError, match=f"'{parameter}' parameter of {kind.__name__}"):
            kind(**{parameter: value}).fit(np.zeros((1, 8, 8)))


def test_pandas_output_has_the_names_of_the_features(descriptor, stack):
    table = descriptor.set_output(transform="pandas").fit_transform(make_face_array(stack))
    assert table.columns.tolist() == descriptor.get_feature_names_out().tolist()
    assert table.columns.is_unique


@pytest.mark.parametrize("n_jobs", [1, 2, -1])
@pytest.mark.parametrize("n_images", [1, 2, 3, 7, 8])
def test_chunks_change_nothing(descriptor, n_jobs, n_images, monkeypatch):
    images = np.random.default_rng(0).integers(0, 256, (n_images, 20, 13), np.uint8)
    expected = descriptor.fit_transform(images)
    monkeypatch.setattr(base, "CHUNK_PIXELS", 2 * 20 * 13)
    with parallel_config(n_jobs=n_jobs):
        assert_allclose(descriptor.transform(images), expected, rtol=1e-6)
        one_by_one = [descriptor.transform(image[None])[0] for image in images]
    assert_allclose(one_by_one, expected, rtol=1e-6)


def test_a_chunk_is_all_that_is_described_at_a_time(descriptor, stack, monkeypatch):
    if isinstance(descriptor, LandmarkDescriptor):
        pytest.skip("takes faces one by one, not in chunks")
    seen = []
    describe = type(descriptor)._describe
    monkeypatch.setattr(base, "CHUNK_PIXELS", 2 * 20 * 13)
    monkeypatch.setattr(
        type(descriptor), "_describe", lambda self, x: seen.append(len(x)) or describe(self, x)
    )
    descriptor.transform(np.repeat(stack, 3, axis=0))
    assert sorted(seen) == [1, 1, 2, 2, 2, 2]  # one to learn how many features there are


@pytest.mark.parametrize(
    ("describe", "shape"),
    [(lambda images: images.sum(), "()"), (lambda images: np.zeros((1, 3)), "(1, 3)")],
)
def test_a_descriptor_without_a_row_per_image_is_told_so(describe, shape):
    class Wrong(base.ImageDescriptor):
        def _describe(self, images):
            return describe(images)

    with pytest.raises(ValueError, match=re.escape(f"Wrong._describe gave shape {shape}")):
        Wrong().fit_transform(np.zeros((4, 8, 8)))
