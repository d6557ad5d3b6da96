import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.linalg import logm
from scipy.stats import multivariate_normal
from sklearn.mixture import GaussianMixture

from skfer.descriptors import ExpressionletDescriptor
from skfer.descriptors._expressionlet import log_covariances
from skfer.descriptors._space_time import space_time_features
from tests.descriptors.test_phog import sobel_by_hand


@pytest.fixture(scope="module")
def sequences():
    rng = np.random.default_rng(0)
    return [rng.integers(0, 256, (n_frames, 24, 19), np.uint8) for n_frames in (9, 5, 12)]


@pytest.fixture(scope="module")
def fitted(sequences):
    descriptor = ExpressionletDescriptor(
        n_components=3, n_dimensions=4, n_best=7, cell_shape=(2, 6, 6), random_state=0
    )
    return descriptor.fit(sequences)


def blocks_by_hand(frames, cell_shape, n_orientations):
    """Histograms of the cells and blocks of a sequence, pixel by pixel and cell by cell."""
    n_cells = [max(1, round(n / size)) for n, size in zip(frames.shape, cell_shape, strict=True)]
    cells, counts = np.zeros((*n_cells, n_orientations)), np.zeros(n_cells)
    for t, frame in enumerate(frames):
        dx, dy = (part / np.ptp(frame) for part in sobel_by_hand(frame))
        for y, x in np.ndindex(frame.shape):
            place = [
                i * n // side for i, n, side in zip((t, y, x), n_cells, frames.shape, strict=True)
            ]
            degrees = np.degrees(np.arctan2(dy[y, x], dx[y, x])) + 1e-3
            turn = int(degrees % 360 / 360 * n_orientations)
            cells[(*place, turn)] += np.hypot(dx[y, x], dy[y, x])
            counts[tuple(place)] += 1
    cells /= counts[..., None]
    features, places = [], []
    for corner in np.ndindex(*(max(1, n - 1) for n in n_cells)):
        block = [
            cells[tuple(min(c + s, n - 1) for c, s, n in zip(corner, step, n_cells, strict=True))]
            for step in np.ndindex(2, 2, 2)
        ]
        block = np.concatenate(block)
        features.append(block / np.sqrt((block**2).sum() + 0.01))
        places.append([(c + 1) / max(2, n) for c, n in zip(corner, n_cells, strict=True)])
    return np.array(features), np.array(places)


@pytest.mark.parametrize("n_frames, cell_shape", [(9, (2, 6, 6)), (1, (2, 8, 30)), (2, (1, 5, 4))])
def test_local_features_equal_a_loop(n_frames, cell_shape):
    frames = np.random.default_rng(1).integers(0, 256, (n_frames, 17, 19), np.uint8)
    features, places = space_time_features(frames, cell_shape, 8)
    expected, centres = blocks_by_hand(frames, cell_shape, 8)
    assert_allclose(features, expected, atol=1e-5)
    assert_allclose(places, centres)


def test_covariances_equal_a_loop(fitted, sequences):
    mixture = fitted.mixture_
    for frames, described in zip(sequences, fitted.transform(sequences), strict=True):
        features, places = space_time_features(frames, (2, 6, 6), 8)
        points = np.hstack([fitted.pca_.transform(features), (places - 0.5) * np.sqrt(12)])
        expected = []
        for mean, variances in zip(mixture.means_, mixture.covariances_, strict=True):
            density = [multivariate_normal.logpdf(point, mean, variances) for point in points]
            best = points[np.argsort(density)[::-1][:7]]  # all, where there are fewer
            covariance = np.zeros((7, 7))
            for point in best:
                covariance += np.outer(point - best.mean(axis=0), point - best.mean(axis=0))
            covariance /= len(best) - 1
            logarithm = logm(covariance + 0.01 * np.eye(7))
            for row in range(7):
                for column in range(row, 7):
                    factor = 1 if row == column else np.sqrt(2)
                    expected.append(factor * logarithm[row, column])
        assert_allclose(described, expected, atol=1e-4)


def test_modes_of_a_short_sequence_are_not_alike():
    """Three frames, as of the crops of CK+, have 25 blocks; each mode takes some of its own."""
    frames = np.random.default_rng(0).integers(0, 256, (4, 3, 48, 48), np.uint8)
    descriptor = ExpressionletDescriptor(random_state=0)
    modes = descriptor.fit_transform(list(frames))[0].reshape(16, -1)
    assert len(np.unique(modes.round(6), axis=0)) > 8


def test_distances_are_log_euclidean():
    points = np.random.default_rng(0).standard_normal((2, 40, 5))
    first, second = (logm(np.cov(each.T) + 0.1 * np.eye(5)) for each in points)
    vectors = log_covariances(points, 0.1)
    assert_allclose(np.linalg.norm(vectors[0] - vectors[1]), np.linalg.norm(first - second))


def test_feature_names_follow_the_features(fitted, sequences):
    names = fitted.get_feature_names_out()
    features = fitted.transform(sequences)
    assert names.shape == features.shape[1:] == (3 * 28,)
    assert names[0] == "expressionlet_k0_p0_p0"
    assert names[-1] == "expressionlet_k2_x_x"
    still = [np.full((8, 24, 19), 3.0)]  # only the places of its blocks differ
    told = dict(zip(names, fitted.transform(still)[0], strict=True))
    assert told["expressionlet_k0_p0_p0"] == pytest.approx(np.log(0.01), rel=1e-6)
    assert told["expressionlet_k0_t_t"] > np.log(0.02)


def test_the_same_seed_gives_the_same_features(fitted, sequences):
    again = ExpressionletDescriptor(**fitted.get_params()).fit(sequences)
    assert_array_equal(again.transform(sequences), fitted.transform(sequences))


def test_each_sequence_has_its_share_of_the_samples(sequences, monkeypatch):
    seen = []
    fit = GaussianMixture.fit
    monkeypatch.setattr(GaussianMixture, "fit", lambda self, X: seen.append(X) or fit(self, X))
    ExpressionletDescriptor(n_components=2, max_samples=18, cell_shape=(1, 6, 6)).fit(sequences)
    assert seen[0].shape == (3 * 6, 16 + 3)


@pytest.mark.parametrize("gain, offset", [(0.01, 0), (3, -1000), (1e6, 5)])
def test_gain_and_offset_do_not_matter(fitted, sequences, gain, offset):
    changed = [gain * frames.astype(float) + offset for frames in sequences]
    assert_allclose(fitted.transform(changed), fitted.transform(sequences), atol=1e-3)


def test_too_few_local_features_are_refused():
    with pytest.raises(ValueError, match="8 local features, fewer than n_components=16"):
        ExpressionletDescriptor(cell_shape=(2, 8, 8)).fit([np.zeros((6, 24, 24))])


def test_sequences_that_show_nothing_are_refused():
    with pytest.raises(ValueError, match="local features of all training sequences are equal"):
        ExpressionletDescriptor(n_components=2).fit([np.zeros((6, 24, 24)), np.ones((9, 24, 24))])


@pytest.mark.parametrize("cell_shape", [(2, 8), (0, 8, 8), (2, 8, 8.5)])
def test_refuses_a_bad_cell(cell_shape, sequences):
    with pytest.raises(ValueError, match="cell_shape=.*three whole numbers"):
        ExpressionletDescriptor(cell_shape=cell_shape).fit(sequences)
