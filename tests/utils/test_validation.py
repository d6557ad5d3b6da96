import numpy as np
import pandas as pd
import pytest

from skfer.alignment import FaceAligner
from skfer.faces import make_face_array
from skfer.preprocessing import IntensityNormalizer
from skfer.utils import check_images, restore_layout
from skfer.utils._validation import infer_image_shape


@pytest.fixture
def stack():
    return np.random.default_rng(0).integers(0, 256, (5, 6, 4), np.uint8)


def test_three_layouts_give_the_same_pixels_and_come_back(stack):
    estimator = IntensityNormalizer(image_shape=(6, 4))
    faces = make_face_array(stack, np.ones((5, 2, 2)), list("aabbc"))
    for X, layout in [(stack.reshape(5, -1), "rows"), (stack, "stack"), (faces, "faces")]:
        images = check_images(estimator, X)
        assert images.layout == layout
        np.testing.assert_array_equal(images.images, stack)
        back = restore_layout(images, images.images)
        assert back.dtype == X.dtype and back.shape == X.shape
        assert (back == X).all()


@pytest.mark.parametrize(
    ("given", "expected"),
    [(dtype, dtype) for dtype in (np.uint8, np.float32, np.float64)] + [(np.int64, np.uint8)],
)
def test_dtype_is_kept_and_other_integers_become_uint8(stack, given, expected):
    assert check_images(IntensityNormalizer(), stack.astype(given)).images.dtype == expected


def test_list_of_images_is_a_stack(stack):
    assert check_images(IntensityNormalizer(), list(stack)).layout == "stack"


def test_pictures_and_paths_become_a_face_array(stack):
    pictures = [stack[0], stack[1, :3]]
    for X in (pictures, ["a.png", "b.png"], np.zeros((2, 6, 4, 3), np.uint8)):
        batch = check_images(FaceAligner(), X, any_size=True)
        assert batch.layout == "faces" and len(batch.faces) == 2


@pytest.mark.parametrize("container", ["rows", "stack", "faces"])
def test_steps_of_any_size_record_the_size_of_rows_only(stack, container):
    X = {"rows": stack.reshape(5, -1), "stack": stack, "faces": make_face_array(stack)}[container]
    aligner = FaceAligner((3, 3), rotate=False, crop=None, image_shape=(6, 4)).fit(X)
    assert hasattr(aligner, "n_features_in_") == (container == "rows")


def test_column_names_are_remembered(stack):
    estimator = IntensityNormalizer(image_shape=(6, 4))
    columns = [f"p{i}" for i in range(24)]
    check_images(estimator, pd.DataFrame(stack.reshape(5, -1), columns=columns))
    assert estimator.feature_names_in_.tolist() == columns


def test_transposed_images_are_refused(stack):
    estimator = IntensityNormalizer().fit(stack)
    with pytest.raises(ValueError, match=r"images of shape \(4, 6\).*fitted on images of shape"):
        estimator.transform(stack.transpose(0, 2, 1))


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_not_finite_pixels_name_the_sample(stack, bad):
    pixels = stack.astype(float)
    pixels[3, 2, 1] = bad
    with pytest.raises(ValueError, match=r"(NaN|infinity): Sample 3\. Pixels must be finite"):
        check_images(IntensityNormalizer(), pixels)


def test_infinities_that_cancel_are_found(stack):
    pixels = stack.astype(float)
    pixels[1, 0, 0], pixels[4, 0, 0] = np.inf, -np.inf
    with pytest.raises(ValueError, match="Sample 1 and 1 more"):
        check_images(IntensityNormalizer(), pixels)


def test_images_of_different_size_are_named():
    faces = make_face_array([np.zeros((4, 4)), np.zeros((4, 4)), np.zeros((5, 4))])
    with pytest.raises(ValueError, match=r"Sample 2 has shape \(5, 4\).*FaceAligner"):
        check_images(IntensityNormalizer(), faces)


@pytest.mark.parametrize("shape", [(0, 4, 4), (3, 0, 4), (3, 4, 4, 2)])
def test_wrong_shapes_are_refused(shape):
    with pytest.raises(ValueError, match="0 sample|no pixels|Image 0 has shape"):
        check_images(IntensityNormalizer(), np.zeros(shape))


def test_no_faces_are_refused():
    with pytest.raises(ValueError, match="FaceAligner needs at least one"):
        FaceAligner().fit(make_face_array([]))


def test_wrong_image_shape_is_refused(stack):
    with pytest.raises(ValueError, match=r"image_shape=\(5, 5\) has 25 pixels.* 24 features"):
        IntensityNormalizer(image_shape=(5, 5)).fit(stack.reshape(5, -1))


def test_rows_that_are_no_square_are_one_line():
    assert infer_image_shape(10) == (1, 10)
