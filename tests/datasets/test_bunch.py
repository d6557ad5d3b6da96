import numpy as np
import pandas as pd
import pytest

from skfer.datasets import get_data_home
from skfer.datasets._bunch import make_bunch, read_stack
from skfer.utils._opencv import cv2


@pytest.fixture
def frame():
    return pd.DataFrame(
        {
            "path": ["a.png", "b.png", "c.png"],
            "subject": ["02", "01", "02"],
            "expression": ["sad", "happy", "happy"],
        }
    )


def build(frame, **kwargs):
    return make_bunch(frame, redistributable=False, cropped=True, descr="About.", **kwargs)


def test_data_home_argument_goes_before_the_variable(tmp_path, monkeypatch):
    (tmp_path / "other").mkdir()
    monkeypatch.setenv("SKFER_DATA", str(tmp_path))
    assert get_data_home() == tmp_path
    assert get_data_home(tmp_path / "other") == tmp_path / "other"


def test_data_home_unknown(monkeypatch):
    monkeypatch.delenv("SKFER_DATA", raising=False)
    with pytest.raises(ValueError, match="Pass data_home.*SKFER_DATA"):
        get_data_home()


def test_data_home_is_no_folder(tmp_path, monkeypatch):
    with pytest.raises(FileNotFoundError, match="data_home is '.*nowhere', which is not a folder"):
        get_data_home(tmp_path / "nowhere")
    monkeypatch.setenv("SKFER_DATA", str(tmp_path / "nowhere"))
    with pytest.raises(FileNotFoundError, match="SKFER_DATA is '.*nowhere'"):
        get_data_home()


def test_bunch_of_a_stack(frame):
    images = np.arange(3 * 4 * 5, dtype=np.uint8).reshape(3, 4, 5)
    data = build(frame, images=images, eyes=np.ones((3, 2, 2)), landmarks="extra")
    assert np.array_equal(data.images, images)
    assert np.array_equal(data.faces["image"], images)
    assert (data.faces["eyes"] == 1).all()
    assert data.faces["subject"].tolist() == data.subjects.tolist() == ["02", "01", "02"]
    assert data.target.tolist() == ["sad", "happy", "happy"]
    assert data.target.dtype.kind == data.subjects.dtype.kind == "U"
    assert data.target_names == ["happy", "sad"]
    pd.testing.assert_frame_equal(data.frame, frame)
    assert (data.redistributable, data.cropped, data.DESCR) == (False, True, "About.")
    assert data.landmarks == "extra"


def test_bunch_of_files_is_not_decoded(frame):
    data = build(frame)
    assert data.images is None
    assert data.faces["image"].tolist() == ["a.png", "b.png", "c.png"]
    assert np.isnan(data.faces["eyes"]).all()


def test_return_X_y(frame):
    X, y, subjects = build(frame, return_X_y=True)
    data = build(frame)
    assert X["image"].tolist() == data.faces["image"].tolist()
    assert np.array_equal(y, data.target)
    assert np.array_equal(subjects, data.subjects)


def test_read_stack_names_the_file_of_another_size(tmp_path):
    for name, shape in {"a.png": (4, 5), "b.png": (4, 6)}.items():
        cv2.imwrite(str(tmp_path / name), np.zeros(shape, np.uint8))
    assert read_stack([tmp_path / "a.png"] * 2).shape == (2, 4, 5)
    with pytest.raises(ValueError, match=r"b.png' has shape \(4, 6\), but .*cropped=False"):
        read_stack([tmp_path / "a.png", tmp_path / "b.png"])
