from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from skfer.datasets import load_london
from skfer.utils.images import read_image

SHARED = Path(__file__).resolve().parents[2].parent / "shared" / "data"


@pytest.fixture
def fake(tmp_path):
    """A complete London set of empty files."""
    folder = tmp_path / "london"
    (folder / "images").mkdir(parents=True)
    rows, points = [], []
    for number in range(1, 103):
        for expression in ("neutral", "happy"):
            file = f"images/{number:03d}_{expression}.jpg"
            (folder / file).touch()
            rows.append((file, f"{number:03d}", expression, 20 + number % 30, "female", "white"))
        points.append((f"images/{number:03d}_neutral.jpg", 226.5, 252.8, 311.2, 249.6, 0.0, 0.0))
    columns = ["file", "subject", "expression", "age", "gender", "ethnicity"]
    pd.DataFrame(rows, columns=columns).to_csv(folder / "london.csv", index=False)
    pd.DataFrame(points, columns=["file", "x0", "y0", "x1", "y1", "x2", "y2"]).to_csv(
        folder / "landmarks.csv", index=False
    )
    return folder


def check(data):
    assert data.faces.shape == data.target.shape == data.subjects.shape == (204,)
    assert data.images is None
    assert len(np.unique(data.subjects)) == 102
    assert data.subjects[0] == "001"
    assert data.target_names == ["happy", "neutral"]
    assert pd.Series(data.target).value_counts().to_dict() == {"neutral": 102, "happy": 102}
    assert data.frame.columns.tolist() == [
        "path",
        "subject",
        "expression",
        "age",
        "gender",
        "ethnicity",
        "left_eye_x",
        "left_eye_y",
        "right_eye_x",
        "right_eye_y",
    ]
    assert data.faces["image"].tolist() == data.frame["path"].tolist()
    assert data.redistributable
    assert not data.cropped
    assert "10.6084/m9.figshare.5047666" in data.DESCR
    assert "CC BY 4.0" in data.DESCR


def test_fake_set(fake):
    check(load_london(fake))
    check(load_london(fake.parent))


def test_known_pupils_do_not_leak_the_label(fake):
    data = load_london(fake)
    assert np.isnan(data.faces["eyes"]).all()
    pupils = data.frame.filter(like="_eye_")
    neutral = data.target == "neutral"
    assert (pupils[neutral] == [226.5, 252.8, 311.2, 249.6]).all(axis=None)
    assert pupils[~neutral].isna().all(axis=None)


def test_return_X_y(fake):
    X, y, subjects = load_london(fake, return_X_y=True)
    data = load_london(fake)
    assert np.array_equal(X["image"], data.faces["image"])
    assert np.array_equal(y, data.target)
    assert np.array_equal(subjects, data.subjects)


def test_photograph_missing(fake):
    (fake / "images" / "050_happy.jpg").unlink()
    with pytest.raises(FileNotFoundError, match="names 1 files that are not.*images/050_happy.jpg"):
        load_london(fake)


def test_wrong_counts(fake):
    table = (fake / "london.csv").read_text().splitlines(keepends=True)
    (fake / "london.csv").write_text("".join(table[:-2]))
    with pytest.raises(ValueError, match="204 images of 102 subjects; .* names 202 of 101"):
        load_london(fake)


def test_landmarks_missing(fake):
    (fake / "landmarks.csv").unlink()
    with pytest.raises(FileNotFoundError, match="landmarks.csv' is missing"):
        load_london(fake)


def test_set_absent(tmp_path):
    with pytest.raises(FileNotFoundError, match="Found no london.csv"):
        load_london(tmp_path)


@pytest.mark.skipif(not SHARED.is_dir(), reason="the London set is not beside the project")
def test_real_set():
    data = load_london(SHARED)
    check(data)
    assert read_image(data.faces["image"][0]).shape[0] == 540
    left, right = data.frame["left_eye_x"].dropna(), data.frame["right_eye_x"].dropna()
    assert len(left) == 102
    assert (left < right).all()
