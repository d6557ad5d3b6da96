"""Pixels have one unit, whatever container and type of number they come in."""

from itertools import cycle

import cv2
import numpy as np
import pandas as pd
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from sklearn.base import BaseEstimator

from skfer.alignment import FaceAligner
from skfer.descriptors import GaborDescriptor, HOGDescriptor, PixelDescriptor
from skfer.faces import make_face_array
from skfer.preprocessing import IntensityNormalizer
from skfer.utils import check_images
from skfer.utils._images import as_grey, read_image

SQUARES = array_shapes(min_dims=2, max_dims=2, min_side=2, max_side=5).map(
    lambda shape: (shape[0], shape[1], shape[1])
)
STACKS = SQUARES.flatmap(lambda shape: arrays(np.uint8, shape))

NUMBERS = ["u1", "i2", ">i4", "<i8", ">i8", "u8", "O", "f2", ">f4", "f8", "c8"]

CONTAINERS = {
    "stack": lambda stack: stack,
    "Fortran order": np.asfortranarray,
    "one channel last": lambda stack: stack[..., None],
    "one channel first": lambda stack: stack[:, None],
    "list of images": list,
    "array of images": lambda stack: as_objects(stack),
    "series of images": lambda stack: pd.Series(list(stack)),
    "nested lists": lambda stack: stack.tolist(),
    "rows": lambda stack: rows(stack),
    "list of rows": lambda stack: rows(stack).tolist(),
    "frame": lambda stack: pd.DataFrame(rows(stack)),
    "faces": make_face_array,
    "faces of any size": lambda stack: make_face_array(list(stack)),
}


# Their numbers are int64, whatever they were before.
LISTS_OF_NUMBERS = ("nested lists", "list of rows")


class Step(BaseEstimator):
    """An estimator that takes images."""


def rows(stack):
    return stack.reshape(len(stack), -1)


def as_objects(images):
    array = np.empty(len(images), object)
    array[:] = list(images)
    return array


def pixels(X, **options):
    """Return the images as a step sees them, one by one."""
    batch = check_images(Step(), X, **options)
    return [batch.decode(index) for index in range(len(batch.images))]


def equal(images, expected):
    return all(
        a.dtype == b.dtype and np.array_equal(a, b) for a, b in zip(images, expected, strict=True)
    )


@pytest.mark.parametrize("container", CONTAINERS)
@settings(max_examples=30, deadline=None)
@given(STACKS, st.sampled_from(NUMBERS), st.booleans())
def test_one_result_or_one_error(container, stack, number, any_size):
    X = CONTAINERS[container](stack.astype(number))
    try:
        images = pixels(X, any_size=any_size)
    except ValueError as error:
        assert number == "c8", error
        assert "numbers" in str(error) or "Complex" in str(error)
        return
    kinds = {image.dtype.kind for image in images}
    if np.dtype(number).kind == "f":
        assert kinds == {"f"} and np.array_equal(images, stack.astype(float))
    else:
        assert equal(images, stack)


@pytest.mark.parametrize("container", [c for c in CONTAINERS if c not in LISTS_OF_NUMBERS])
@settings(max_examples=15, deadline=None)
@given(
    SQUARES.flatmap(lambda shape: arrays(np.uint16, shape, elements=st.integers(256, 65535))),
    st.sampled_from(["u2", ">u2"]),
)
def test_sixteen_bits_lose_the_lower_eight(container, stack, number):
    images = pixels(CONTAINERS[container](stack.astype(number)))
    assert equal(images, (stack >> 8).astype(np.uint8))


def test_a_file_of_sixteen_bits_is_its_array(tmp_path):
    deep = np.random.default_rng(0).integers(0, 65536, (9, 7), np.uint16)
    for suffix in ("png", "tiff"):
        path = str(tmp_path / f"deep.{suffix}")
        cv2.imwrite(path, deep)
        np.testing.assert_array_equal(as_grey(deep), read_image(path))


@pytest.mark.parametrize("container", CONTAINERS)
@pytest.mark.parametrize("odd", [-1, 256, 65536])
def test_other_integers_are_refused(container, odd):
    stack = np.full((3, 4, 4), 9)
    stack[1:, 1, 1] = odd
    with pytest.raises(
        ValueError, match=rf"Sample 1.* has the pixel {odd}, .*np.clip\(X, 0, 255\)"
    ):
        pixels(CONTAINERS[container](stack))


@pytest.mark.parametrize("container", [c for c in CONTAINERS if c not in LISTS_OF_NUMBERS])
@pytest.mark.parametrize("any_size", [True, False])
def test_sixteen_bits_that_are_eight_are_refused(container, any_size):
    stack = np.full((3, 4, 4), 9000, np.uint16)
    stack[0] = 0  # black in any unit
    stack[2] = 255
    with pytest.raises(ValueError, match=r"Sample 2.* no pixel above 255.* astype\(np.uint8\)"):
        pixels(CONTAINERS[container](stack), any_size=any_size)


def test_each_image_of_a_list_has_its_own_unit():
    grey = np.arange(16, dtype=np.uint8).reshape(4, 4)
    images = [grey, grey.astype(np.uint16) * 257, grey.astype(np.int64), grey > 3]
    expected = [grey, grey, grey, (grey > 3) * np.uint8(255)]
    assert equal(pixels(images), expected)
    assert equal(pixels(make_face_array(images)), expected)
    assert equal(pixels([image.ravel() for image in images]), expected)
    with pytest.raises(ValueError, match="Sample 1 has float32 pixels, but Sample 0 uint8"):
        pixels([grey, grey.astype(np.float32)])


def test_tensors_of_torch():
    stack = np.random.default_rng(0).random((3, 4, 4), np.float32)
    tensor = torch.from_numpy(stack).requires_grad_()
    for X in (tensor, tensor[:, None], tensor.reshape(3, -1), list(tensor)):
        assert equal(pixels(X), stack)


def test_frames_of_a_sequence_have_their_own_unit():
    frames = np.full((3, 8, 9), 9000, np.uint16)
    frames[2] = 9
    with pytest.raises(ValueError, match="Sample 0: frame 2 is of uint16"):
        IntensityNormalizer().fit_transform([frames])


def test_a_mask_is_black_and_white():
    mask = np.random.default_rng(0).integers(0, 2, (4, 3, 3)).astype(bool)
    for container in CONTAINERS.values():
        assert equal(pixels(container(mask)), mask * np.uint8(255))


def test_frames_of_sixteen_bits_with_or_without_missing_ones():
    table = np.random.default_rng(0).integers(256, 65536, (3, 4), np.uint16)
    for dtype in ("uint16", "UInt16"):
        frame = pd.DataFrame(table).astype(dtype)
        assert equal(pixels(frame), (table >> 8).astype(np.uint8).reshape(3, 2, 2))


@pytest.mark.parametrize(
    "dtypes", ["Int64", "UInt8", "object", "int16", "int64 uint64", "Int64 UInt64"]
)
def test_frames_of_any_integers(dtypes):
    table = np.random.default_rng(0).integers(0, 256, (3, 4), np.uint8)
    by_column = dict(zip(range(4), cycle(dtypes.split()), strict=False))
    assert equal(pixels(pd.DataFrame(table).astype(by_column)), table.reshape(3, 2, 2))


def test_integers_that_are_missing_are_named():
    frame = pd.DataFrame([[1, 2, 3, 4], [5, 6, 7, None]]).convert_dtypes()
    with pytest.raises(ValueError, match="NaN: Sample 1"):
        check_images(Step(), frame)


@pytest.mark.parametrize("step", [PixelDescriptor(), HOGDescriptor(), GaborDescriptor()])
@pytest.mark.parametrize("container", ["stack", "frame", "faces", "list of images"])
def test_descriptors_give_the_same_for_all_integers(step, container):
    stack = np.random.default_rng(0).integers(0, 256, (3, 16, 16), np.uint8)
    expected = step.fit_transform(stack)
    np.testing.assert_array_equal(
        step.fit_transform(CONTAINERS[container](stack.astype(np.int64))), expected
    )


@pytest.mark.parametrize("step", [PixelDescriptor(), HOGDescriptor()])
def test_a_step_keeps_to_the_range_of_fit(step):
    stack = np.random.default_rng(0).integers(0, 256, (3, 16, 16), np.uint8)
    step.fit(stack)
    assert step.pixel_range_ == (0, 255)
    with pytest.raises(ValueError, match=r"X has pixels up to 1, but .*fitted on pixels up to 255"):
        step.transform(stack / stack.max())
    step.fit(stack / stack.max())
    for other in (stack, stack.astype(float)):
        with pytest.raises(ValueError, match="fitted on pixels up to 1"):
            step.transform(other)
    step.transform(np.zeros_like(stack, float))  # black in any unit


@pytest.mark.parametrize("step", [IntensityNormalizer(), GaborDescriptor()])
def test_contrast_is_blind_to_the_range(step):
    stack = np.random.default_rng(0).integers(0, 256, (3, 16, 16), np.uint8)
    step.fit(stack)
    np.testing.assert_allclose(step.transform(stack / 255), step.transform(stack), atol=1e-4)


@pytest.mark.parametrize("step", [PixelDescriptor(), FaceAligner((8, 8), rotate=False, crop=None)])
def test_images_of_two_units_are_named(step):
    with pytest.raises(ValueError, match="Sample 1 has float32 pixels, but Sample 0 uint8"):
        step.fit_transform(make_face_array([np.ones((9, 9), np.uint8), np.ones((9, 9), "f4")]))


def test_the_pixels_are_not_those_of_the_caller():
    stack = np.random.default_rng(0).random((3, 8, 8), np.float32)
    assert not np.shares_memory(PixelDescriptor().fit_transform(stack), stack)


@pytest.mark.parametrize(
    ("X", "message"),
    [
        (np.zeros((96, 80, 3), np.uint8), r"single picture; put it in a list: \[X\]"),
        (np.zeros((96, 80, 4), np.uint8), "single picture"),
        (np.zeros((48, 37), np.uint8), r"37 pixels are not squares.*single picture in a list"),
        ("face.png", "single picture"),
        ([np.zeros((48, 48, 2))], "Image 0 has shape"),
        ([[1, 2, 3], [4, 5]], "rows of X differ in length"),
        (np.array(["a.png", "b.png"]), "Cannot read image 'a.png'"),
        (pd.Series(["a.png", "b.png"]), "Cannot read image 'a.png'"),
    ],
)
def test_what_is_no_batch_gets_advice(X, message):
    with pytest.raises(ValueError, match=message):
        PixelDescriptor().fit(X)


def test_a_square_photograph_gets_a_warning():
    with pytest.warns(UserWarning, match=r"64 flat images; put a single picture in a list"):
        FaceAligner(rotate=False, crop=None).fit_transform(np.zeros((64, 64), np.uint8))


def test_a_refit_forgets_the_rows_before():
    aligner = FaceAligner(rotate=False, crop=None).fit(np.zeros((2, 16), np.uint8))
    aligner.fit(np.zeros((2, 6, 5), np.uint8))
    assert not hasattr(aligner, "n_features_in_") and not hasattr(aligner, "image_shape_")
