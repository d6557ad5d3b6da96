import numpy as np
import pandas as pd
import pytest
from PIL import Image

from skfer.datasets import load_jaffe
from skfer.utils._images import read_image
from skfer.utils._opencv import cv2

SUBJECTS = ("KA", "KL", "KM", "KR", "MK", "NA", "NM", "TM", "UY", "YM")
N_IMAGES = {"AN": 30, "DI": 29, "FE": 32, "HA": 31, "NE": 30, "SA": 31, "SU": 30}
COUNTS = {
    "anger": 30,
    "disgust": 29,
    "fear": 32,
    "happy": 31,
    "neutral": 30,
    "sad": 31,
    "surprise": 30,
}


def write_grey_tiff(file, pixels):
    Image.fromarray(pixels).save(file, format="TIFF")


def write_palette_tiff(file, pixels):
    """Write an image of 256 grey colours that the pixels number backwards."""
    image = Image.frombytes("P", pixels.shape[::-1], (255 - pixels).tobytes())
    image.putpalette([255 - level for level in range(256) for _ in "RGB"])
    image.save(file, format="TIFF")


def make_copy(folder):
    """Write the 213 images as files of different content, all but a few of them no images."""
    folder.mkdir(parents=True)
    number = 1
    for code, n_images in N_IMAGES.items():
        for index in range(n_images):
            name = f"{SUBJECTS[index % 10]}.{code}{index // 10 + 1}.{number}.tiff"
            (folder / name).write_text(name)
            number += 1
    return folder


@pytest.fixture
def copy(tmp_path):
    return make_copy(tmp_path / "jaffe")


def test_complete_copy(copy):
    data = load_jaffe(copy.parent)
    assert data.faces.shape == data.target.shape == data.subjects.shape == (213,)
    assert pd.Series(data.target).value_counts().to_dict() == COUNTS
    assert data.target_names == sorted(COUNTS)
    assert np.unique(data.subjects).tolist() == list(SUBJECTS)
    assert data.images is None
    assert np.isnan(data.faces["eyes"]).all()
    assert data.faces["image"].tolist() == data.frame["path"].tolist()
    assert data.frame.columns.tolist() == [
        "path",
        "subject",
        "expression",
    ]
    assert len(data.duplicates) == 0
    assert not data.redistributable
    assert not data.cropped
    assert "10.5281/zenodo.3451524" in data.DESCR


def test_name_tells_subject_and_expression(copy):
    frame = load_jaffe(copy).frame.set_index("path")
    row = frame.loc[str(copy / "KM.SU1.186.tiff")]
    assert row.tolist() == ["KM", "surprise"]


def test_protocol_has_no_neutral(copy):
    assert load_jaffe(copy, protocol="c-spp-2019").n_folds == 10
    X, y, subjects = load_jaffe(copy, protocol="c-spp-2019", return_X_y=True)
    assert len(X) == len(y) == 183
    assert len(np.unique(subjects)) == 10
    assert pd.Series(y).value_counts().to_dict() == {
        expression: n for expression, n in COUNTS.items() if expression != "neutral"
    }


def test_unknown_protocol(copy):
    with pytest.raises(ValueError, match="protocol='lopes'; expected None or 'c-spp-2019'"):
        load_jaffe(copy, protocol="lopes")


def test_palette_images_come_out_grey(copy):
    pixels = np.random.default_rng(0).integers(256, size=(256, 256), dtype=np.uint8)
    palette, grey = copy / "KM.AN1.3.tiff", copy / "KA.AN1.1.tiff"
    write_palette_tiff(palette, pixels)
    write_grey_tiff(grey, pixels)
    assert cv2.imread(str(palette), cv2.IMREAD_UNCHANGED).shape == (256, 256, 3)  # the trap
    faces = load_jaffe(copy).faces
    for file in (palette, grey):
        (path,) = faces["image"][faces["image"] == str(file)]
        decoded = read_image(path)
        assert decoded.dtype == np.uint8
        assert np.array_equal(decoded, pixels)


def test_stray_files_are_left_out(copy):
    for name in (".DS_Store", "._KA.AN1.39.tiff", "Thumbs.db", "Readme", "jaffe.zip"):
        (copy / name).touch()
    (copy / "aligned").mkdir()
    assert len(load_jaffe(copy).faces) == 213


@pytest.mark.parametrize("name", ["KA.XX1.39.tiff", "XX.AN1.39.tiff", "KA.AN1.39.jpg", "face.tiff"])
def test_other_names_are_refused(copy, name):
    (copy / name).touch()
    with pytest.raises(ValueError, match=f"not named such as 'KA.AN1.39.tiff': '{name}'. Move"):
        load_jaffe(copy)


def test_missing_image(copy):
    (copy / "KM.SU1.186.tiff").unlink()
    message = (
        "The copy of JAFFE in '.*jaffe' is not the official one: 213 images expected, 212 found; "
        "30 surprise images expected, 29 found. Pass on_missing='skip'"
    )
    with pytest.raises(ValueError, match=message):
        load_jaffe(copy)
    assert len(load_jaffe(copy, on_missing="skip").faces) == 212


def test_one_image_under_two_extensions(copy):
    image = copy / "KM.SU1.186.tiff"
    image.with_suffix(".tif").write_bytes(image.read_bytes())
    assert len(load_jaffe(copy).faces) == 213
    image.with_suffix(".tif").write_text("another")
    with pytest.raises(ValueError, match=r"186.tif' and '.*186.tiff' are named as one image, but"):
        load_jaffe(copy)


def test_duplicates_are_reported(copy):
    (copy / "KM.SU1.186.tiff").write_bytes((copy / "KA.AN1.1.tiff").read_bytes())
    with pytest.warns(
        UserWarning, match="JAFFE has 1 images that are equal .*KM.SU1.186"
    ) as caught:
        duplicates = load_jaffe(copy).duplicates
    assert duplicates["copy_of"].tolist() == [str(copy / "KA.AN1.1.tiff")]
    assert caught[0].filename == __file__
