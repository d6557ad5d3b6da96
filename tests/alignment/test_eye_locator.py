import os

import numpy as np
import pandas as pd
import pytest
from joblib import parallel_config
from sklearn.base import clone
from sklearn.pipeline import make_pipeline

from skfer.alignment import EyeLocator
from skfer.datasets import load_london, make_faces
from skfer.faces import make_face_array
from skfer.utils._opencv import cv2
from tests.eye_errors import relative_error

SHARED = os.environ.get("SKFER_TEST_DATA")
BLACK = np.zeros((40, 40), np.uint8)


@pytest.fixture(scope="module")
def data():
    return make_faces(2, 1, expressions=("neutral",), image_size=(96, 96), random_state=0)


@pytest.fixture(scope="module")
def eyes(data):
    """What the locator finds in the stack."""
    return EyeLocator().fit_transform(data.images)["eyes"]


def test_stack(data, eyes):
    faces = EyeLocator().fit_transform(data.images)
    assert faces["image"].shape == data.images.shape
    assert relative_error(faces["eyes"], data.faces["eyes"]).max() < 0.1
    assert (eyes[:, 0, 0] < eyes[:, 1, 0]).all()


def test_face_array_keeps_its_other_fields(data, eyes):
    X = make_face_array(data.images, subject=data.subjects)
    faces = EyeLocator().fit_transform(X)
    assert np.isnan(X["eyes"]).all()  # the input is left alone
    assert faces["subject"].tolist() == data.subjects.tolist()
    assert np.array_equal(faces["image"], data.images)
    np.testing.assert_array_equal(faces["eyes"], eyes)


@pytest.mark.parametrize("as_input", [list, pd.Series, tuple])
def test_paths_stay_paths(data, eyes, tmp_path, as_input):
    paths = [str(tmp_path / f"{index}.png") for index in range(2)]
    for path, image in zip(paths, data.images, strict=True):
        cv2.imwrite(path, image)
    faces = EyeLocator().fit_transform(as_input(paths))
    assert faces["image"].tolist() == paths
    np.testing.assert_array_equal(faces["eyes"], eyes)


def test_colour_images_of_several_sizes(data, eyes):
    grey, other = data.images
    colour = np.repeat(other[:, :, None], 3, axis=2)[:, :-2]
    faces = EyeLocator().fit_transform([grey, colour])
    assert faces["image"][1].shape == (96, 94, 3)
    np.testing.assert_array_equal(faces["eyes"][0], eyes[0])
    np.testing.assert_allclose(faces["eyes"][1], eyes[1], atol=3)


def test_pixels_of_other_kinds(data, eyes):
    colour = np.repeat(data.images[..., None], 3, axis=3)
    np.testing.assert_array_equal(EyeLocator().fit_transform(colour)["eyes"], eyes)
    for images in (data.images.astype(float), data.images / np.float32(255)):
        np.testing.assert_allclose(EyeLocator().fit_transform(images)["eyes"], eyes, atol=0.5)


def test_known_eyes_are_kept(data, eyes):
    X = make_face_array(data.images)
    X["eyes"][1] = [[1, 2], [3, 4]]
    faces = EyeLocator().fit_transform(X)
    np.testing.assert_array_equal(faces["eyes"], [eyes[0], [[1, 2], [3, 4]]])
    X = make_face_array(["nowhere.png"], eyes=[[[1, 2], [3, 4]]])  # it is not decoded
    assert EyeLocator().fit_transform(X)["image"][0] == "nowhere.png"


def test_missing_raises_with_all_names(data, tmp_path):
    cv2.imwrite(str(tmp_path / "black.png"), BLACK)
    locator = EyeLocator()
    with pytest.raises(
        ValueError,
        match=r"in 2 of 3 images \(Sample 0: no face found, Sample 2 \('.*black.png'\): no",
    ):
        locator.fit_transform([BLACK, data.images[0], tmp_path / "black.png"])
    assert locator.missing_["sample"].tolist() == [0, 2]


def test_guessed_eyes_are_the_mean_places(data, eyes):
    locator = EyeLocator(on_missing="guess").fit(data.images)
    with pytest.warns(
        UserWarning, match=r"in 1 of 2 images \(Sample 1: no face found\). The mean"
    ) as record:
        faces = locator.transform([data.images[0], BLACK])
    assert len(record) == 1
    np.testing.assert_array_equal(faces["eyes"][0], eyes[0])
    np.testing.assert_allclose(faces["eyes"][1], [[11.9, 15.1], [27.1, 15.1]])
    assert locator.missing_["sample"].tolist() == [1]


def test_missing_stays_unknown(data, eyes):
    locator = EyeLocator(on_missing="skip")
    faces = locator.fit_transform([BLACK, data.images[0]])
    assert np.isnan(faces["eyes"][0]).all()
    np.testing.assert_array_equal(faces["eyes"][1], eyes[0])
    assert locator.missing_["sample"].tolist() == [0]
    assert locator.transform(data.images).shape == (2,)
    assert locator.missing_["sample"].tolist() == []


@pytest.mark.parametrize("backend", ["loky", "threading"])
def test_parallel_search_finds_the_same(data, eyes, backend):
    with parallel_config(backend):
        faces = EyeLocator(n_jobs=2).fit_transform(data.images)
    np.testing.assert_array_equal(faces["eyes"], eyes)


def test_progress_bar_only_if_asked_for(data, capsys):
    known = make_face_array(data.images, eyes=data.faces["eyes"])
    EyeLocator().fit_transform(data.images[:1])
    EyeLocator(verbose=1).fit_transform(known)  # nothing to do
    assert capsys.readouterr() == ("", "")
    EyeLocator(verbose=1).fit_transform(data.images[:1])
    assert "Locating eyes" in capsys.readouterr().err


def test_stateless_in_a_pipeline(data, eyes):
    pipeline = make_pipeline(clone(EyeLocator())).set_output(transform="pandas")
    np.testing.assert_array_equal(pipeline.transform(data.images)["eyes"], eyes)


def test_unusable_images_are_named(data, tmp_path):
    (tmp_path / "broken.png").write_bytes(b"text")
    with pytest.raises(ValueError, match="broken.png': not an image"):
        EyeLocator().fit_transform([tmp_path / "broken.png"])
    images = data.images.astype(float)
    images[1, 3, 3] = np.nan
    with pytest.raises(ValueError, match="Sample 1 contains NaN"):
        EyeLocator().fit_transform(images)


@pytest.mark.parametrize(
    ("X", "message"),
    [
        (np.zeros((3, 2304)), "not flattened rows"),
        (pd.DataFrame({"path": ["a.png"]}), "not flattened rows"),
        ("a.png", "X is a single picture; put it in a list"),
        ([[0.0, 1.0]], "not flattened rows"),
        (np.zeros(3), "Expected 2D array"),
        ([], "X is empty"),
        (np.zeros((1, 0, 0)), "The images have no pixels"),
        ([np.zeros((4, 4, 2))], r"Image 0 has shape \(4, 4, 2\)"),
    ],
)
def test_bad_input(X, message):
    with pytest.raises(ValueError, match=message):
        EyeLocator().fit_transform(X)


@pytest.mark.parametrize("params", [{"on_missing": "box"}, {"n_jobs": 0.5}, {"verbose": "yes"}])
def test_bad_parameters(data, params):
    with pytest.raises(ValueError, match=f"The '{next(iter(params))}' parameter of EyeLocator"):
        EyeLocator(**params).fit(data.images)


@pytest.mark.skipif(not SHARED, reason="SKFER_TEST_DATA does not name the folder of the London set")
@pytest.mark.parametrize("step", [13, pytest.param(1, marks=pytest.mark.slow)])
def test_photographs(step):
    data = load_london(SHARED)
    faces = EyeLocator(n_jobs=2).fit_transform(data.faces[::step])  # raises if any is not found
    truth = data.pupils[::step]
    known = ~np.isnan(truth[:, 0, 0])
    errors = relative_error(faces["eyes"][known], truth[known])
    assert np.median(errors) < 0.035
    assert errors.max() < 0.1
