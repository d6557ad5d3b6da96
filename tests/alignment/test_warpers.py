import numpy as np
import pytest

from skfer.alignment import SQUARE_CROP, FaceAligner
from skfer.alignment._geometry import eye_transforms, template_eyes, transform_points
from skfer.datasets import make_faces
from skfer.faces import make_face_array
from skfer.utils._opencv import cv2


@pytest.fixture(scope="module")
def faces():
    return make_faces(3, 1, random_state=0).faces


@pytest.mark.parametrize("margin", [0.0, 0.125])
def test_eyes_of_a_face_array_go_along(faces, margin):
    aligned = FaceAligner((32, 40), margin=margin).fit_transform(faces)
    extra = np.array([round(margin * 40), round(margin * 32)])
    assert aligned["image"].shape == (len(faces), 32 + 2 * extra[1], 40 + 2 * extra[0])
    expected = np.broadcast_to(template_eyes((32, 40)) + extra, aligned["eyes"].shape)
    np.testing.assert_allclose(aligned["eyes"], expected)
    assert (aligned["subject"] == faces["subject"]).all()


def test_centre_of_the_margins_is_the_crop(faces):
    tight = FaceAligner((48, 48)).fit_transform(faces)["image"]
    wide = FaceAligner((48, 48), margin=0.125).fit_transform(faces)["image"]
    # OpenCV rounds coordinates to 1/32 pixel, seen from another corner.
    np.testing.assert_allclose(wide[:, 6:-6, 6:-6].astype(float), tight, atol=4)


def test_rotation_is_undone(faces):
    upright = FaceAligner((48, 48)).fit_transform(faces)
    height, width = faces["image"].shape[1:]
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), 20, 1)
    turned = np.stack([cv2.warpAffine(face, turn, (width, height)) for face in faces["image"]])
    eyes = faces["eyes"] @ turn[:, :2].T + turn[:, 2]
    again = FaceAligner((48, 48)).fit_transform(make_face_array(turned, eyes))
    middle = (slice(None), slice(12, 36), slice(12, 36))
    difference = again["image"][middle].astype(float) - upright["image"][middle]
    crooked = FaceAligner((48, 48), rotate=False).fit_transform(make_face_array(turned, eyes))
    without = crooked["image"][middle].astype(float) - upright["image"][middle]
    assert abs(difference).mean() < 0.5 * abs(without).mean()


def test_aligner_of_a_stack_resizes_it(faces):
    stack = faces["image"]
    np.testing.assert_array_equal(FaceAligner(stack.shape[1:]).fit_transform(stack), stack)
    rows = FaceAligner((24, 24)).fit_transform(stack.reshape(len(stack), -1))
    assert rows.shape == (len(stack), 24 * 24)


def test_whole_picture_needs_no_eyes():
    faces = make_face_array([np.zeros((40, 30), np.uint8), np.full((90, 60), 7, np.uint8)])
    cropped = FaceAligner((16, 16), rotate=False, crop=None).fit_transform(faces)
    assert cropped["image"].shape == (2, 16, 16)
    assert (cropped["image"][1] == 7).all()


def test_eyes_given_to_the_whole_picture_go_along():
    faces = make_face_array(np.zeros((1, 40, 20)), [[[5.0, 10.0], [15.0, 10.0]]])
    cropped = FaceAligner((20, 10), rotate=False, crop=None).fit_transform(faces)
    np.testing.assert_allclose(cropped["eyes"], [[[2.25, 4.75], [7.25, 4.75]]])


def test_unreadable_file_names_sample_and_file(tmp_path):
    broken = tmp_path / "broken.png"
    broken.write_bytes(b"nothing")
    faces = make_face_array([np.zeros((9, 9), np.uint8), broken], np.ones((2, 2, 2)) * [[1], [5]])
    with pytest.raises(ValueError, match=r"Sample 1 \('.*broken\.png'\)"):
        FaceAligner((8, 8)).fit_transform(faces)


@pytest.mark.parametrize(
    ("name", "value"),
    [("output_size", size) for size in ((48,), (48, 0), (48.0, 48), (1, 2, 3))]
    + [("crop", crop) for crop in ((2.4, 1.3), (0, 1, 1), (2, 1, -1), ("a", 1, 1))]
    + [("border", "wrap")],
)
def test_wrong_parameters_are_refused(faces, name, value):
    with pytest.raises(ValueError, match=f"{name}=|The '{name}' parameter of FaceAligner"):
        FaceAligner(**{name: value}).fit_transform(faces)


def test_pixels_are_named(faces):
    names = FaceAligner((2, 3)).fit(faces["image"]).get_feature_names_out()
    assert names.tolist() == ["y0_x0", "y0_x1", "y0_x2", "y1_x0", "y1_x1", "y1_x2"]


def test_square_crop_squeezes_nothing(faces):
    aligned = FaceAligner((48, 48), crop=SQUARE_CROP).fit_transform(faces)
    np.testing.assert_allclose(aligned["eyes"][:, 1, 0] - aligned["eyes"][:, 0, 0], 24)
    points = np.array([[[100.0, 80.0], [110.0, 80.0], [100.0, 90.0]]])
    moved = transform_points(
        points, eye_transforms([[[90, 80], [130, 80]]], (48, 48), crop=SQUARE_CROP)
    )
    across, down = moved[0, 1] - moved[0, 0], moved[0, 2] - moved[0, 0]
    np.testing.assert_allclose(np.hypot(*across), np.hypot(*down))


def rolled_faces():
    """A picture whose right half is bright, turned by a quarter, and its eyes."""
    picture = np.zeros((1, 41, 41), np.uint8)
    picture[0, 21:] = 200
    return make_face_array(picture, [[[20.0, 14.0], [20.0, 26.0]]])


@pytest.mark.parametrize("crop", [None, (2.4, 1.3, 3.2)])
def test_each_step_of_the_ablation(crop):
    faces = rolled_faces()
    turned = FaceAligner((41, 41), crop=crop).fit_transform(faces)
    upright = FaceAligner((41, 41), crop=crop, rotate=False).fit_transform(faces)
    assert np.ptp(turned["eyes"][0, :, 1]) < 1e-9
    assert turned["image"][0, :, :18].max() < 20 < 180 < turned["image"][0, :, 23:].min()
    assert np.ptp(upright["eyes"][0, :, 0]) < 1e-9
    assert upright["image"][0, -1].min() > 180


def test_whole_picture_keeps_its_size_when_turned():
    turned = FaceAligner((41, 41), crop=None).fit_transform(rolled_faces())
    np.testing.assert_allclose(turned["eyes"], [[[14.0, 20.0], [26.0, 20.0]]], atol=1e-9)


def test_border_is_chosen():
    picture = np.full((1, 20, 20), 90, np.uint8)
    picture[0, :, 0] = 200
    faces = make_face_array(picture, [[[-3.0, 10.0], [9.0, 10.0]]])

    def left_edge(border):
        aligned = FaceAligner((20, 20), border=border).fit_transform(faces)
        return aligned["image"][0, 6, 0]

    assert left_edge("constant") == 0
    assert left_edge("replicate") == 200
    assert left_edge("reflect") not in (0, 200)
