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
from skfer.pipelines import make_cspp_pipeline
from skfer.utils._opencv import cv2


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


@pytest.mark.parametrize("layout", ["rows", "stack", "faces", "paths"])
def test_aligned_faces_without_eyes_are_warped_at_once(data, layout, tmp_path):
    X, y, _ = data
    stack = FaceAligner((24, 24)).fit_transform(X)["image"]
    paths = [str(tmp_path / f"{number}.png") for number in range(len(stack))]
    for path, image in zip(paths, stack, strict=True):
        cv2.imwrite(path, image)
    given = {
        "rows": stack.reshape(len(stack), -1),
        "stack": stack,
        "faces": make_face_array(stack),
        "paths": make_face_array(paths),
    }[layout]
    sampler = EyeJitterSampler(n_copies=1, aligned=True, random_state=0)
    more, _ = sampler.fit_resample(given, y)
    images = more["image"] if layout in ("faces", "paths") else more.reshape(-1, 24, 24)
    expected, _ = sampler.fit_resample(stack, y)
    np.testing.assert_array_equal(images, expected)
    copies = images[len(stack) :].astype(float)
    assert 0 < abs(copies - stack).mean() < abs(stack[::-1] - stack.astype(float)).mean()


def test_the_eyes_of_aligned_faces_move_with_their_warp(data):
    X, y, _ = data
    faces = FaceAligner((48, 48)).fit_transform(X)
    faces["image"] = 0
    for image, (left, right) in zip(faces["image"], faces["eyes"].round().astype(int), strict=True):
        for x, row in (left, right):
            image[row - 2 : row + 3, x - 1 : x + 2] = 255
    more, _ = EyeJitterSampler(n_copies=3, aligned=True, random_state=0).fit_resample(faces, y)
    n = len(faces)
    assert abs(more["eyes"][n:] - np.tile(faces["eyes"], (3, 1, 1))).max() > 0.5
    for face in more:
        for x, row in face["eyes"].round().astype(int):
            assert face["image"][row, x] > 200


def test_faces_without_eyes_are_refused_where_an_aligner_follows(data):
    X, y, _ = data
    with pytest.raises(ValueError, match="eyes of 18 faces are unknown"):
        EyeJitterSampler(1).fit_resample(make_face_array(X["image"]), y)


def test_the_paper_recipe_augments_aligned_face_arrays(data):
    X, y, _ = data
    faces = FaceAligner((48, 48)).fit_transform(X)
    jitter = make_cspp_pipeline(align=None, recipe="paper", random_state=0)["jitter"]
    for given in (faces, make_face_array(faces["image"])):
        more, _ = jitter.fit_resample(given, y)
        assert len({image.tobytes() for image in more["image"][:: len(faces)]}) == 71


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
