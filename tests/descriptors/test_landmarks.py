import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import clone
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.frozen import FrozenEstimator
from sklearn.model_selection import GroupKFold, cross_val_score
from sklearn.pipeline import make_pipeline

from skfer.alignment import (
    LOPES_CROP,
    SQUARE_CROP,
    EyeLocator,
    FaceAligner,
    SupervisedDescent,
    load_landmark_model,
)
from skfer.datasets import make_faces
from skfer.descriptors import LandmarkDescriptor
from skfer.faces import make_face_array, with_fields
from skfer.utils._opencv import cv2


@pytest.fixture(scope="module")
def data():
    return make_faces(4, 1, image_size=(160, 160), random_state=0)


@pytest.fixture(scope="module")
def faces(data):
    return data.faces


def points(features):
    return features.reshape(len(features), -1, 2)


def distances(first, second):
    """Root mean square distance of the points of each face, in sizes of the face."""
    return np.sqrt(np.mean(np.sum((points(first) - points(second)) ** 2, axis=2), axis=1))


def procrustes(shape, mean):
    """Bring a shape to the place, size and roll of a mean shape by singular values."""
    shape = shape - shape.mean(axis=0)
    shape = shape / np.sqrt(np.mean(np.sum(shape**2, axis=1)))
    u, _, vt = np.linalg.svd(shape.T @ mean)
    return shape @ (u @ np.diag([1, np.linalg.det(u @ vt)]) @ vt)


def warped(faces, matrix, size):
    """Warp pictures, and their eyes."""
    images = [cv2.warpAffine(image, matrix, size, borderMode=1) for image in faces["image"]]
    eyes = faces["eyes"] @ matrix[:, :2].T + matrix[:, 2]
    return make_face_array(images, eyes, faces["subject"])


def test_shape_equals_procrustes_of_the_points_of_the_model(faces):
    located = EyeLocator(landmarks=True).transform(make_face_array(faces["image"]))
    mean = load_landmark_model().mean_shape_
    expected = [procrustes(shape, mean) for shape in located["landmarks"]]
    assert_allclose(points(LandmarkDescriptor().fit_transform(located)), expected, atol=1e-5)


def test_no_place_size_or_roll_is_left(faces):
    shapes = points(LandmarkDescriptor().fit_transform(faces)).astype(float)
    assert_allclose(shapes.mean(axis=1), 0, atol=1e-6)
    assert_allclose(np.mean(np.sum(shapes**2, axis=2), axis=1), 1, atol=1e-5)
    x, y = np.moveaxis(shapes, 2, 0)
    mean_x, mean_y = load_landmark_model().mean_shape_.T
    assert_allclose(x @ mean_y - y @ mean_x, 0, atol=1e-5)


def test_pupils_are_where_the_eyes_are(data, faces):
    # The size of the shape is that of the model; between the pupils lies what lies in the picture.
    shapes = points(LandmarkDescriptor().fit_transform(faces)).astype(float)
    located = EyeLocator(landmarks=True).transform(make_face_array(faces["image"]))["landmarks"]
    size = np.sqrt(np.mean(np.sum((located - located.mean(1, keepdims=True)) ** 2, 2), 1))
    expected = np.linalg.norm(faces["eyes"][:, 1] - faces["eyes"][:, 0], axis=1) / size
    found = np.linalg.norm(shapes[:, 1] - shapes[:, 0], axis=1)
    assert np.median(np.abs(found / expected - 1)) < 0.05


@pytest.mark.parametrize(
    ("scale", "roll", "shift"),
    [(1, 0, (7.3, -4.6)), (0.6, 0, (0, 0)), (1.7, 0, (0, 0)), (1, 20, (0, 0)), (1.3, -40, (9, 3))],
)
def test_place_size_and_roll_of_the_picture_do_not_matter(faces, scale, roll, shift):
    matrix = cv2.getRotationMatrix2D((79.5, 79.5), roll, scale)
    matrix[:, 2] += 80 + np.array(shift)
    descriptor = LandmarkDescriptor()
    moved = descriptor.fit_transform(warped(faces, matrix, (320, 320)))
    still = descriptor.transform(warped(faces, np.eye(2, 3) + np.array([0, 0, 80.0]), (320, 320)))
    assert np.median(distances(moved, still)) < 0.02
    assert distances(moved, still).max() < 0.05


@pytest.mark.parametrize("crop", [SQUARE_CROP, LOPES_CROP])
@pytest.mark.parametrize("size", [(96, 96), (120, 80)])
def test_crops_without_eyes_have_nominal_ones(faces, crop, size):
    aligned = FaceAligner(size, crop=crop).transform(faces)
    descriptor = LandmarkDescriptor(crop=crop, image_shape=size)
    expected = descriptor.fit_transform(aligned)
    assert_allclose(descriptor.fit_transform(aligned["image"]), expected, atol=1e-5)
    rows = aligned["image"].reshape(len(faces), -1)
    assert_allclose(descriptor.fit_transform(rows), expected, atol=1e-5)
    unknown = make_face_array(aligned["image"])
    assert_allclose(descriptor.fit_transform(unknown), expected, atol=1e-5)


def test_crops_are_not_squeezed_any_more(faces):
    high = FaceAligner((150, 100), crop=(4.0, 1.8, 4.2)).transform(faces)
    squeezed = FaceAligner((100, 100), crop=(4.0, 1.8, 4.2)).transform(faces)
    descriptor = LandmarkDescriptor(crop=(4.0, 1.8, 4.2))
    expected = descriptor.fit_transform(high)
    found = distances(descriptor.fit_transform(squeezed), expected)
    wrong = distances(LandmarkDescriptor(crop=None).fit_transform(squeezed), expected)
    assert np.median(found) < 0.03
    assert np.median(wrong) > 3 * np.median(found)


def test_landmarks_that_are_there_are_taken(faces):
    located = EyeLocator(landmarks=True).transform(make_face_array(faces["image"]))
    expected = LandmarkDescriptor().fit_transform(located)
    blank = with_fields(located, image=np.zeros((len(faces), 160, 160), np.uint8))
    assert_array_equal(LandmarkDescriptor().fit_transform(blank), expected)
    aligner = FaceAligner((64, 48), crop=LOPES_CROP)
    aligned = LandmarkDescriptor(crop=LOPES_CROP).fit_transform(aligner.transform(located))
    assert_allclose(aligned, expected, atol=1e-4)
    located["landmarks"][0] = np.nan
    again = LandmarkDescriptor().fit_transform(located)
    assert_array_equal(again[1:], expected[1:])
    assert 0 < distances(again[:1], expected[:1]) < 0.1
    of_another_model = with_fields(located, landmarks=np.zeros((len(faces), 5, 2)))
    without = make_face_array(located["image"], located["eyes"])
    assert_array_equal(
        LandmarkDescriptor().fit_transform(of_another_model),
        LandmarkDescriptor().fit_transform(without),
    )


def test_whole_image_as_the_box_of_the_face(faces):
    aligned = FaceAligner((96, 96), crop=(5.2, 2.0, 3.2)).transform(faces)
    whole = LandmarkDescriptor(crop=None).fit_transform(aligned["image"])
    assert np.median(distances(whole, LandmarkDescriptor().fit_transform(faces))) < 0.1


def test_pictures_of_any_size_and_range(faces):
    images = [image[: 160 - index % 5] for index, image in enumerate(faces["image"])]
    mixed = make_face_array(images, faces["eyes"])
    expected = LandmarkDescriptor().fit_transform(mixed)
    floats = make_face_array([image / 255 for image in images], faces["eyes"])
    assert_allclose(LandmarkDescriptor().fit_transform(floats), expected, atol=0.01)
    assert distances(expected, LandmarkDescriptor().fit_transform(faces)).max() < 0.05
    threads = LandmarkDescriptor(n_jobs=2).fit_transform(mixed)
    assert_array_equal(threads, expected)


@pytest.mark.parametrize("shape", [(1, 1), (1, 40), (40, 1), (3, 5), (16, 16)])
@pytest.mark.parametrize("crop", [SQUARE_CROP, LOPES_CROP, None])
def test_nothing_to_see(shape, crop):
    descriptor = LandmarkDescriptor(crop=crop)
    features = descriptor.fit_transform(np.full((2, *shape), 7, np.uint8))
    assert np.isfinite(features).all()
    assert features.shape == (2, 64)


def test_names(faces):
    names = LandmarkDescriptor().fit(faces).get_feature_names_out()
    assert names[:4].tolist() == ["left_pupil_x", "left_pupil_y", "right_pupil_x", "right_pupil_y"]
    assert len(set(names)) == 64
    table = LandmarkDescriptor().set_output(transform="pandas").fit_transform(faces)
    assert (table["left_pupil_x"] < table["right_pupil_x"]).all()


def test_another_model(data, faces):
    model = SupervisedDescent(n_stages=2, n_perturbations=3, random_state=0)
    model.fit(data.images, data.landmarks[:, [39, 42, 30, 48, 54, 8, 19, 24]])
    descriptor = clone(LandmarkDescriptor(landmark_model=FrozenEstimator(model)))
    assert descriptor.fit_transform(faces).shape == (len(faces), 16)
    assert descriptor.get_feature_names_out()[-1] == "point7_y"
    with pytest.raises(ValueError, match="landmark_model is not fitted"):
        LandmarkDescriptor(landmark_model=SupervisedDescent()).fit(faces)


@pytest.mark.parametrize(
    ("eyes", "message"),
    [
        ([[40, 50], [40.5, 50]], "less than 2 pixels apart: Sample 1"),
        ([[90, 50], [40, 50]], r"wrong order .*: Sample 1"),
        ([[900, 50], [960, 50]], "outside the picture of 160 x 160 pixels: Sample 1"),
    ],
)
def test_eyes_that_cannot_be(faces, eyes, message):
    bad = faces.copy()
    bad["eyes"][0] = np.nan
    bad["eyes"][1] = eyes
    with pytest.raises(ValueError, match=message):
        LandmarkDescriptor().fit_transform(bad)


def test_expressions_of_unseen_subjects():
    X, y, subjects = make_faces(12, 3, random_state=0, return_X_y=True)
    model = make_pipeline(
        LandmarkDescriptor(), LinearDiscriminantAnalysis(solver="lsqr", shrinkage="auto")
    )
    scores = cross_val_score(model, X, y, groups=subjects, cv=GroupKFold(3))
    assert scores.mean() > 0.4  # chance is 1/6


def test_from_photographs_to_features(faces):
    model = make_pipeline(EyeLocator(), LandmarkDescriptor())
    found = model.fit_transform(list(faces["image"]))
    assert np.median(distances(found, LandmarkDescriptor().fit_transform(faces))) < 0.05


@pytest.mark.parametrize(
    ("crop", "message"), [((4, 1), "expected .width, above, below."), ((0, 1, 1), "has no area")]
)
def test_crops_that_cannot_be(faces, crop, message):
    with pytest.raises(ValueError, match=message):
        LandmarkDescriptor(crop=crop).fit_transform(faces)
