from io import BytesIO

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from skfer.datasets import load_yale
from skfer.utils._images import read_image
from skfer.utils._opencv import cv2

SUBJECTS = [f"subject{number:02d}" for number in range(1, 16)]
CONDITIONS = (
    "centerlight",
    "glasses",
    "happy",
    "leftlight",
    "noglasses",
    "normal",
    "rightlight",
    "sad",
    "sleepy",
    "surprised",
    "wink",
)


def can_decode_gif():
    buffer = BytesIO()
    Image.new("L", (1, 1)).save(buffer, format="GIF")
    pixels = np.frombuffer(buffer.getvalue(), np.uint8)
    return cv2.imdecode(pixels, cv2.IMREAD_GRAYSCALE) is not None


needs_gif = pytest.mark.skipif(not can_decode_gif(), reason="this OpenCV cannot decode GIF")


def make_copy(folder, extension=""):
    folder.mkdir(parents=True)
    for subject in SUBJECTS:
        for condition in CONDITIONS:
            name = f"{subject}.{condition}"
            (folder / f"{name}{extension}").write_text(name)
    sad, normal = (folder / f"subject04.{name}{extension}" for name in ("sad", "normal"))
    sad.write_bytes(normal.read_bytes())  # as in the release
    (folder / "Readme.txt").touch()
    return folder


def load_quietly(*args, **kwargs):
    with pytest.warns(UserWarning, match="subject04.sad.* = .*subject04.normal"):
        return load_yale(*args, **kwargs)


@pytest.fixture
def copy(tmp_path):
    return make_copy(tmp_path / "yalefaces")


@pytest.mark.parametrize("extension", ["", ".gif", ".png"])
def test_complete_copy(tmp_path, extension):
    make_copy(tmp_path / "yalefaces", extension)
    data = load_quietly(tmp_path)
    assert pd.Series(data.target).value_counts().to_dict() == dict.fromkeys(
        ("neutral", "happy", "sad", "surprise"), 15
    )
    assert np.unique(data.subjects).tolist() == SUBJECTS
    assert data.images is None
    assert np.isnan(data.faces["eyes"]).all()
    assert data.frame.columns.tolist() == [
        "path",
        "subject",
        "expression",
        "condition",
    ]
    assert not data.redistributable
    assert not data.cropped


def test_the_copy_among_the_photographs_is_reported(copy):
    with pytest.warns(UserWarning, match="The Yale face database has 1 images that are") as caught:
        duplicates = load_yale(copy).duplicates
    assert duplicates["path"].tolist() == [str(copy / "subject04.sad")]
    assert duplicates["copy_of"].tolist() == [str(copy / "subject04.normal")]
    assert caught[0].filename == __file__


def test_conditions_are_no_labels(copy):
    conditions = ("leftlight", "glasses")
    data = load_quietly(copy, conditions=conditions)
    assert len(data.faces) == 90
    assert set(data.target_names) == {"neutral", "happy", "sad", "surprise"}
    chosen = data.frame["condition"].isin(conditions)
    assert chosen.sum() == 30
    assert (data.target[chosen] == "neutral").all()


@pytest.mark.parametrize("condition", ["sleepy", "wink", "dark"])
def test_unknown_condition(copy, condition):
    with pytest.raises(ValueError, match=f"condition='{condition}'; expected 'centerlight', 'left"):
        load_yale(copy, conditions=[condition])


def test_conditions_are_a_sequence(copy):
    with pytest.raises(ValueError, match=r"sequence of names; give \('glasses',\)"):
        load_yale(copy, conditions="glasses")


def test_names_of_the_archive(copy):
    """In the archive one image is misnamed and one is there twice."""
    (copy / "subject01.centerlight").rename(copy / "subject01.gif")
    (copy / "subject01.glasses.gif").write_bytes((copy / "subject01.glasses").read_bytes())
    frame = load_quietly(copy, conditions=["centerlight", "glasses"]).frame
    assert len(frame) == 90
    row = frame.set_index("path").loc[str(copy / "subject01.gif")]
    assert row[["subject", "condition"]].tolist() == ["subject01", "centerlight"]
    (copy / "subject01.glasses.gif").write_text("another")
    with pytest.raises(ValueError, match="glasses' and '.*glasses.gif' are named as one image"):
        load_yale(copy)


@needs_gif
def test_gif_without_extension_is_decoded(copy):
    pixels = np.random.default_rng(0).integers(256, size=(243, 320), dtype=np.uint8)
    Image.fromarray(pixels).save(copy / "subject01.happy", format="GIF")
    faces = load_quietly(copy).faces
    (path,) = faces["image"][faces["image"] == str(copy / "subject01.happy")]
    assert np.array_equal(read_image(path), pixels)


@pytest.mark.parametrize("name", ["subject16.happy", "subject01.angry", "subject02.gif"])
def test_other_names_are_refused(copy, name):
    (copy / name).touch()
    with pytest.raises(ValueError, match=f"not named such as 'subject01.happy': '{name}'"):
        load_yale(copy)


def test_missing_images(copy):
    (copy / "subject07.wink").unlink()
    (copy / "subject02.happy").unlink()
    message = (
        "The copy of the Yale face database in '.*yalefaces' is not the official one: 165 images "
        "expected, 163 found; missing: subject02.happy, subject07.wink. Pass on_missing='skip'"
    )
    with pytest.raises(ValueError, match=message):
        load_yale(copy)
    assert len(load_quietly(copy, on_missing="skip").faces) == 59
