import numpy as np
import pytest
from imblearn.pipeline import make_pipeline
from sklearn.neighbors import KNeighborsClassifier

from skfer.alignment import FaceAligner
from skfer.augmentation import EyeJitterSampler
from skfer.augmentation._eye_jitter import jitter_eyes
from skfer.datasets import make_faces
from skfer.descriptors import PixelDescriptor
from skfer.faces import make_face_array


@pytest.fixture(scope="module")
def data():
    return make_faces(3, 1, random_state=0, return_X_y=True)


def test_noise_has_the_deviation_asked_for_and_no_outliers():
    eyes = np.tile([[[0.0, 0.0], [60.0, 80.0]]], (5000, 1, 1))  # 100 pixels apart
    moved = (jitter_eyes(eyes, 0.03, 0) - eyes) / 3.0
    assert abs(moved.std() - 0.9866) < 0.02  # of a normal cut off at three deviations
    assert abs(moved).max() <= 3
    assert abs(np.corrcoef(moved.reshape(5000, 4).T) - np.eye(4)).max() < 0.05


def test_originals_come_first_and_copies_share_images(data):
    X, y, _ = data
    faces = make_face_array(list(X["image"]), X["eyes"], X["subject"])
    sampler = EyeJitterSampler(n_copies=2, random_state=0)
    more, labels = sampler.fit_resample(faces, y)
    n = len(faces)
    np.testing.assert_array_equal(more["eyes"][:n], faces["eyes"])
    assert len(more) == len(labels) == 3 * n
    assert more["image"][n + 1] is faces["image"][1]
    assert not np.array_equal(more["eyes"][n:], np.tile(faces["eyes"], (2, 1, 1)))
    assert (labels == y[sampler.sample_indices_]).all()
    assert (more["subject"] == faces["subject"][sampler.sample_indices_]).all()


@pytest.mark.parametrize("layout", ["rows", "stack"])
def test_crops_without_eyes_are_warped_at_once(data, layout):
    X, y, _ = data
    stack = FaceAligner((24, 24)).fit_transform(X)["image"]
    given = stack.reshape(len(stack), -1) if layout == "rows" else stack
    more, _ = EyeJitterSampler(n_copies=1, random_state=0).fit_resample(given, y)
    assert more.shape == (2 * len(given), *given.shape[1:])
    copies = more[len(given) :].astype(float)
    assert 0 < abs(copies - given).mean() < abs(given[::-1] - given.astype(float)).mean()


def test_jitter_before_and_after_alignment_is_the_same_warp():
    # Upright eyes, so that the noise has the same axes on the photograph and on the crop.
    y, x = np.mgrid[:240, :200]
    picture = 128 + 60 * np.sin(x / 9) * np.cos(y / 13)
    faces = make_face_array(picture[None].repeat(20, 0), [[[70.0, 90.0], [130.0, 90.0]]] * 20)
    labels = ["happy", "sad"] * 10
    jitter = EyeJitterSampler(n_copies=1, sigma=0.03, random_state=0)
    aligner = FaceAligner((96, 96))
    before = aligner.fit_transform(jitter.fit_resample(faces, labels)[0])["image"]
    after = jitter.fit_resample(aligner.transform(faces)["image"], labels)[0]
    inner = (slice(20, None), slice(8, -8), slice(8, -8))
    effect = abs(before[inner] - before[:20, 8:-8, 8:-8]).mean()
    assert abs(before[inner] - after[inner]).mean() < 0.1 * effect


def test_prediction_is_not_resampled(data):
    X, y, _ = data
    model = make_pipeline(
        EyeJitterSampler(n_copies=2, random_state=0),
        FaceAligner((24, 24)),
        PixelDescriptor(),
        KNeighborsClassifier(1),
    ).fit(X, y)
    assert model[-1].n_samples_fit_ == 3 * len(X)
    assert (model.predict(X) == y).all()
