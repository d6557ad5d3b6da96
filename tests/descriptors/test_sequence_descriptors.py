"""What all descriptors of sequences share."""

import tracemalloc

import numpy as np
import pytest
from joblib import parallel_config
from numpy.testing import assert_array_equal
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.pipeline import FeatureUnion, make_pipeline
from sklearn.preprocessing import StandardScaler

from skfer._stateless import run_stateless_steps
from skfer.descriptors import ExpressionletDescriptor, OpticalFlowDescriptor, PHOGTOPDescriptor
from skfer.faces import make_face_array

DESCRIPTORS = {
    "phog-top": PHOGTOPDescriptor(),
    "flow": OpticalFlowDescriptor(),
    "expressionlet": ExpressionletDescriptor(
        n_components=2, n_best=6, cell_shape=(2, 5, 5), random_state=0
    ),
}


@pytest.fixture(params=DESCRIPTORS)
def descriptor(request):
    return clone(DESCRIPTORS[request.param])


@pytest.fixture(scope="module")
def sequences():
    rng = np.random.default_rng(0)
    return [rng.integers(0, 256, (n_frames, 20, 13), np.uint8) for n_frames in (6, 3, 9)]


def test_layouts_agree(descriptor, sequences):
    features = descriptor.fit_transform(sequences)
    assert features.shape == (3, len(descriptor.get_feature_names_out()))
    assert features.dtype == np.float32
    assert_array_equal(descriptor.fit_transform(make_face_array(sequences)), features)
    equal = np.stack([sequences[0], sequences[0][::-1]])
    assert_array_equal(descriptor.fit_transform(equal), descriptor.fit_transform(list(equal)))


@pytest.mark.parametrize("n_frames", [1, 2, 3, 17])
def test_any_number_of_frames_gives_the_same_number_of_features(descriptor, sequences, n_frames):
    n_features = descriptor.fit_transform(sequences).shape[1]
    frames = np.random.default_rng(1).integers(0, 256, (n_frames, 20, 13), np.uint8)
    features = descriptor.transform([frames])
    assert features.shape == (1, n_features)
    assert np.isfinite(features).all()


@pytest.mark.parametrize("shape", [(1, 5), (5, 5), (2, 31), (33, 48)])
def test_any_size_of_frames(descriptor, shape):
    sequences = [np.random.default_rng(0).random((n_frames, *shape)) for n_frames in (5, 8)]
    features = descriptor.fit_transform(sequences)
    assert features.shape == (2, len(descriptor.get_feature_names_out()))
    assert np.isfinite(features).all()


@pytest.mark.parametrize("dtype", [np.uint8, np.float32, np.float64])
@pytest.mark.parametrize("n_frames", [1, 2, 8])
def test_constant_frames_give_finite_features(descriptor, sequences, dtype, n_frames):
    descriptor.fit([frames.astype(dtype) for frames in sequences])
    constant = np.full((n_frames, 20, 13), 7, dtype)
    with np.errstate(all="raise"):
        features = descriptor.transform([constant, constant.copy()])
    assert np.isfinite(features).all()
    assert_array_equal(features[0], features[1])


def test_floats_and_bytes_agree(descriptor, sequences):
    descriptor.fit(sequences)
    as_floats = [frames / 255 for frames in sequences]
    np.testing.assert_allclose(
        descriptor.transform(as_floats), descriptor.transform(sequences), atol=1e-3
    )


@pytest.mark.parametrize("n_jobs", [2, -1])
def test_threads_change_nothing(descriptor, sequences, n_jobs):
    expected = descriptor.fit_transform(sequences)
    one_by_one = [descriptor.transform([frames])[0] for frames in sequences]
    with parallel_config(n_jobs=n_jobs):
        assert_array_equal(descriptor.transform(sequences), expected)
    assert_array_equal(one_by_one, expected)


def test_pandas_output_has_the_names_of_the_features(descriptor, sequences):
    table = descriptor.set_output(transform="pandas").fit_transform(sequences)
    assert table.columns.tolist() == descriptor.get_feature_names_out().tolist()
    assert table.columns.is_unique


def test_memory_is_that_of_one_sequence_and_the_output(descriptor):
    """Sequences in one view of the same frames take no memory themselves."""
    frames = np.random.default_rng(0).integers(0, 256, (12, 24, 24), np.uint8)
    descriptor.fit([frames])

    def beyond_the_output(n_sequences):
        sequences = np.broadcast_to(frames, (n_sequences, *frames.shape))
        tracemalloc.start()
        try:
            output = descriptor.transform(list(sequences)).nbytes
            return tracemalloc.get_traced_memory()[1] - output
        finally:
            tracemalloc.stop()

    beyond_the_output(1)  # what is loaded at the first call
    # What is known of each sequence grows, not its 7 kB of pixels.
    assert beyond_the_output(60) < beyond_the_output(4) + 56 * 2000


@pytest.mark.parametrize(
    "bad, problem",
    [
        (np.zeros((3, 20, 14)), "Sample 1 has frames of shape"),
        (np.full((3, 20, 13), np.nan), "Sample 1, frame 0 contains NaN"),
        (np.zeros((20, 13)), "Sample 1 is a single image"),
    ],
)
def test_a_bad_sequence_is_named(descriptor, sequences, bad, problem):
    floats = [frames.astype(float) for frames in sequences]
    descriptor.fit(floats)
    with pytest.raises(ValueError, match=problem):
        descriptor.transform([floats[0], bad])


def test_what_learns_nothing_is_run_once(sequences):
    union = FeatureUnion([(name, DESCRIPTORS[name]) for name in ("phog-top", "flow")])
    pipeline = make_pipeline(union, StandardScaler())
    rest, features = run_stateless_steps(pipeline, make_face_array(sequences))
    assert features.shape == (3, 5040 + 1152)
    assert [type(step) for _, step in rest.steps] == [StandardScaler]
    learning = make_pipeline(DESCRIPTORS["expressionlet"], StandardScaler())
    rest, same = run_stateless_steps(learning, sequences)
    assert same is sequences
    assert len(rest.steps) == 2


def test_what_learns_has_to_be_fitted(sequences):
    with pytest.raises(NotFittedError):
        clone(DESCRIPTORS["expressionlet"]).transform(sequences)
