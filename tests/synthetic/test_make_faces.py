import cv2
import numpy as np
import pytest
from sklearn.model_selection import GroupKFold, KFold, cross_val_score
from sklearn.neighbors import KNeighborsClassifier

from skfer.datasets import EXPRESSIONS
from skfer.synthetic import make_faces
from skfer.synthetic._expression import ACTION_UNITS, EMOTION_PROTOTYPES
from skfer.synthetic._geometry import make_geometry
from skfer.synthetic._identity import draw_identity


@pytest.fixture(scope="module")
def data():
    return make_faces(16, 3, random_state=0)


def test_make_faces_bunch(data):
    n_images = 16 * 6 * 3
    assert data.images.shape == (n_images, 96, 96)
    assert data.images.dtype == np.uint8
    assert data.faces["eyes"].shape == (n_images, 2, 2)
    assert data.landmarks.shape == (n_images, 68, 2)
    assert data.target_names == ["anger", "disgust", "fear", "happy", "sad", "surprise"]
    assert data.redistributable
    np.testing.assert_array_equal(data.faces["subject"], data.subjects)
    np.testing.assert_array_equal(data.frame["expression"], data.target)
    sequences = data.frame.groupby("sequence")
    assert sequences.ngroups == 16 * 6
    assert (sequences["frame_number"].apply(list).map(tuple) == (0, 1, 2)).all()
    assert (sequences[["subject", "expression"]].nunique() == 1).all(axis=None)


def test_return_X_y_gives_the_parts_of_the_bunch():
    data = make_faces(2, 1, random_state=3)
    faces, target, subjects = make_faces(2, 1, random_state=3, return_X_y=True)
    np.testing.assert_array_equal(faces, data.faces)
    np.testing.assert_array_equal(target, data.target)
    np.testing.assert_array_equal(subjects, data.subjects)


def test_random_state_determines_every_bit():
    faces = make_faces(2, 1, random_state=5, return_X_y=True)[0]
    same = make_faces(2, 1, random_state=np.random.RandomState(5), return_X_y=True)[0]
    other = make_faces(2, 1, random_state=6, return_X_y=True)[0]
    np.testing.assert_array_equal(faces, same)
    assert (faces["image"] != other["image"]).mean() > 0.5


def test_fewer_faces_are_a_part_of_more(data):
    fewer = make_faces(3, 2, expressions=("sad", "anger"), random_state=0)
    chosen = (data.frame["frame_number"] < 2).to_numpy() & (data.subjects <= "synthetic002")
    for expression in ("sad", "anger"):
        np.testing.assert_array_equal(
            fewer.faces[fewer.target == expression],
            data.faces[chosen & (data.target == expression)],
        )


@pytest.mark.parametrize("image_size", [(16, 16), (48, 48), (64, 80), (97, 61), (150, 120)])
def test_eye_centers_lie_in_the_dark_pupil(image_size):
    data = make_faces(4, 1, expressions=EXPRESSIONS, image_size=image_size, random_state=1)
    assert data.images.shape[1:] == image_size
    eyes = data.faces["eyes"]
    assert (eyes[:, 0, 0] < eyes[:, 1, 0]).all()
    if min(image_size) < 48:  # a pupil is smaller than a pixel
        return
    for image, centers in zip(data.images, eyes, strict=True):
        size = np.linalg.norm(centers[1] - centers[0])
        angle = np.linspace(0, 2 * np.pi, 24)
        ring = 0.55 * size * np.column_stack([np.cos(angle), np.sin(angle)]) * (0.35, 0.6)
        for center in centers:
            pupil, around = (
                cv2.remap(image, *points.astype(np.float32).T, cv2.INTER_LINEAR).ravel()
                for points in (center[None], center + ring)
            )
            assert pupil[0] < 0.75 * np.median(around)


def test_pupils_are_where_the_eye_centers_say():
    data = make_faces(10, 1, expressions=("surprise",), image_size=(256, 256), random_state=2)
    errors = []
    for image, centers in zip(data.images, data.faces["eyes"], strict=True):
        size = np.linalg.norm(centers[1] - centers[0])
        half = round(0.13 * size)
        for center in centers:
            x, y = np.round(center).astype(int)
            patch = image[y - half : y + half + 1, x - half : x + half + 1]
            dark = cv2.GaussianBlur(patch, (0, 0), 0.04 * size)
            row, column = np.unravel_index(dark.argmin(), dark.shape)
            errors.append((np.array([x - half + column, y - half + row]) - center) / size)
    assert np.abs(np.median(errors, axis=0)).max() < 0.02


def test_landmarks_follow_the_mark_up(data):
    left_eye, right_eye = data.landmarks[:, 36:42], data.landmarks[:, 42:48]
    for index, eye in enumerate((left_eye, right_eye)):
        assert np.abs(eye.mean(axis=1) - data.faces["eyes"][:, index]).max() < 4
    nose_tip, chin = data.landmarks[:, 33], data.landmarks[:, 8]
    mouth_left, mouth_right = data.landmarks[:, 48], data.landmarks[:, 54]
    assert (mouth_left[:, 0] < mouth_right[:, 0]).all()
    assert (nose_tip[:, 1] < mouth_left[:, 1]).all()
    assert (mouth_left[:, 1] < chin[:, 1]).all()


def _mouth_and_brows(expression):
    units = dict.fromkeys(ACTION_UNITS, 0.0) | EMOTION_PROTOTYPES[expression][0]
    geometry = make_geometry(draw_identity(np.random.default_rng(0)), units)
    corner_y = geometry.mouth_corners[:, 1].mean()
    gap = geometry.lower_lip_top[16, 1] - geometry.upper_lip_bottom[16, 1]
    return corner_y, gap, geometry.brow_spines[1][:, 1]


def test_action_units_move_the_face():
    corner_y, gap, brow_y = zip(
        *map(_mouth_and_brows, ("neutral", "happy", "sad", "surprise", "anger")), strict=True
    )
    assert corner_y[1] < corner_y[0] - 0.1 < corner_y[2]
    assert gap[3] > gap[0] + 0.2
    assert brow_y[3].max() < brow_y[0].min() + 0.1
    assert brow_y[4][0] > brow_y[0][0] + 0.1
    assert brow_y[2][0] < brow_y[0][0]


def test_contempt_is_one_sided():
    identity = draw_identity(np.random.default_rng(0))
    for label, is_one_sided in (("contempt", True), ("happy", False)):
        units = dict.fromkeys(ACTION_UNITS, 0.0) | EMOTION_PROTOTYPES[label][0]
        corners_y = make_geometry(identity, units).mouth_corners[:, 1]
        assert (abs(corners_y[0] - corners_y[1]) > 0.08) == is_one_sided


def test_haar_detector_finds_the_faces(data):
    detector = cv2.CascadeClassifier(cv2.data.haarcascades + "haarcascade_frontalface_default.xml")
    found = []
    for image in data.images[::7]:
        wide = cv2.copyMakeBorder(image, 20, 20, 20, 20, cv2.BORDER_REPLICATE)
        found.append(len(detector.detectMultiScale(wide, 1.1, 3)) > 0)
    assert np.mean(found) >= 0.95


def test_a_split_by_image_leaks_subjects(data):
    rows = data.images.reshape(len(data.images), -1).astype(np.float32)
    neighbor = KNeighborsClassifier(n_neighbors=1)
    by_image = cross_val_score(
        neighbor, rows, data.target, cv=KFold(8, shuffle=True, random_state=0)
    ).mean()
    by_subject = cross_val_score(
        neighbor, rows, data.target, groups=data.subjects, cv=GroupKFold(8)
    ).mean()
    assert by_image > 0.9
    assert 0.2 < by_subject < 0.75


@pytest.mark.parametrize(
    ("parameters", "error", "message"),
    [
        ({"expressions": ("happy", "bored")}, ValueError, "'bored'.*known ones are anger"),
        ({"expressions": ("happy", "happy")}, ValueError, "twice"),
        ({"expressions": "happy"}, ValueError, "sequence of names"),
        ({"expressions": ()}, ValueError, "empty"),
        ({"image_size": (15, 96)}, ValueError, "height of image_size"),
        ({"image_size": (96, 8)}, ValueError, "width of image_size"),
        ({"image_size": 96}, ValueError, r"\(height, width\)"),
        ({"image_size": (96.0, 96)}, TypeError, "height of image_size"),
        ({"n_subjects": 0}, ValueError, "n_subjects"),
        ({"n_per_expression": 1.5}, TypeError, "n_per_expression"),
    ],
)
def test_make_faces_refuses(parameters, error, message):
    with pytest.raises(error, match=message):
        make_faces(**({"n_subjects": 1} | parameters))
