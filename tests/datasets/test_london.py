import os

import numpy as np
import pandas as pd
import pytest

from skfer.datasets import load_london
from skfer.utils._images import read_image

SHARED = os.environ.get("SKFER_TEST_DATA")
PUPILS = [[226.5, 252.8], [311.2, 249.6]]
TEMPLATE = "3\n226.5\t252.8\n311.2\t249.6\n10\t20\n1\n0\n2\n0 1\n"

HAPPY_MISSING = (
    "The copy of the London set in '.*london' is not the official one: 102 happy images "
    "expected, 101 found; missing: {file}. Pass on_missing='skip'"
)
PUPILS_MISSING = "102 pairs of pupils expected, {n_pupils} found"


@pytest.fixture
def table(tmp_path):
    """A complete London set with a table, of files that are no images."""
    folder = tmp_path / "london"
    (folder / "images").mkdir(parents=True)
    rows, points = [], []
    for number in range(1, 103):
        for expression in ("neutral", "happy"):
            file = f"images/{number:03d}_{expression}.jpg"
            (folder / file).write_text(file)
            age = "" if number == 31 else 20 + number % 30
            rows.append((file, f"{number:03d}", expression, age, "female", "white"))
        points.append((f"images/{number:03d}_neutral.jpg", *np.ravel(PUPILS), 0.0, 0.0))
    columns = ["file", "subject", "expression", "age", "gender", "ethnicity"]
    pd.DataFrame(rows, columns=columns).to_csv(folder / "london.csv", index=False)
    pd.DataFrame(points, columns=["file", "x0", "y0", "x1", "y1", "x2", "y2"]).to_csv(
        folder / "landmarks.csv", index=False
    )
    return folder


@pytest.fixture
def release(tmp_path):
    """A complete London set as it is released, of files that are no images."""
    folder = tmp_path / "london"
    (folder / "neutral_front").mkdir(parents=True)
    (folder / "smiling_front").mkdir()
    rows = []
    for number in range(1, 103):
        subject = f"{number:03d}"
        (folder / "neutral_front" / f"{subject}_03.jpg").write_text(f"{subject} neutral")
        (folder / "neutral_front" / f"{subject}_03.tem").write_text(TEMPLATE)
        (folder / "smiling_front" / f"{subject}_08.jpg").write_text(f"{subject} smiling")
        rows.append((subject, "NA" if number == 31 else 20 + number % 30, "female", "white"))
    columns = ["face_id", "face_age", "face_gender", "face_eth"]
    pd.DataFrame(rows, columns=columns).to_csv(folder / "london_faces_info.csv", index=False)
    return folder


@pytest.fixture(params=["table", "release"])
def fake(request):
    return request.getfixturevalue(request.param)


@pytest.fixture
def check(check_photographs):
    def check(data):
        labels, subjects = {"neutral": 102, "happy": 102}, [f"{n:03d}" for n in range(1, 103)]
        columns = ["age", "gender", "ethnicity"]
        check_photographs(data, labels, subjects, columns, redistributable=True)
        assert "10.6084/m9.figshare.5047666" in data.DESCR
        assert "CC BY 4.0" in data.DESCR
        assert data.subjects[0] == "001"

    return check


def test_fake_set(fake, check, monkeypatch):
    check(load_london(fake))
    check(load_london(fake.parent))
    monkeypatch.chdir(fake.parent.parent)
    check(load_london(fake.parent.name))


def test_people(fake):
    frame = load_london(fake).frame.set_index(["subject", "expression"])
    row = frame.loc[("050", "happy"), ["age", "gender", "ethnicity"]]
    assert row.tolist() == [40, "female", "white"]
    assert np.isnan(frame.loc[("031", "neutral"), "age"])
    assert frame["age"].dtype == float


def test_known_pupils_do_not_leak_the_label(fake):
    data = load_london(fake)
    assert np.isnan(data.faces["eyes"]).all()
    pupils = data.pupils
    neutral = data.target == "neutral"
    assert (pupils[neutral] == PUPILS).all()
    assert np.isnan(pupils[~neutral]).all()


@pytest.mark.parametrize(
    ("layout", "file", "message", "n_faces", "n_pupils"),
    [
        ("table", "images/050_happy.jpg", HAPPY_MISSING, 203, 102),
        ("release", "smiling_front/050_08.jpg", HAPPY_MISSING, 203, 102),
        ("table", "landmarks.csv", PUPILS_MISSING, 204, 0),
        ("release", "neutral_front/050_03.tem", PUPILS_MISSING, 204, 101),
    ],
)
def test_file_missing(request, layout, file, message, n_faces, n_pupils):
    folder = request.getfixturevalue(layout)
    (folder / file).unlink()
    with pytest.raises(ValueError, match=message.format(file=file, n_pupils=n_pupils)):
        load_london(folder)
    data = load_london(folder, on_missing="skip")
    assert len(data.faces) == n_faces
    assert np.isfinite(data.pupils).all(axis=(1, 2)).sum() == n_pupils


@pytest.mark.parametrize("file", ["london.csv", "london_faces_info.csv"])
def test_person_missing(file, request):
    folder = request.getfixturevalue("table" if file == "london.csv" else "release")
    lines = (folder / file).read_text().splitlines(keepends=True)
    (folder / file).write_text("".join(lines[: -2 if file == "london.csv" else -1]))
    message = "102 neutral images expected, 101 found; .*; 102 subjects expected, 101 found"
    with pytest.raises(ValueError, match=message):
        load_london(folder)


@pytest.mark.parametrize(
    ("label", "message"),
    [("grinning", "Unknown expression 'grinning'"), ("sad", "the London set has no faces of sad")],
)
def test_other_labels(table, label, message):
    csv = table / "london.csv"
    csv.write_text(csv.read_text().replace("050,happy", f"050,{label}"))
    with pytest.raises(ValueError, match=f"london.csv', row of '.*050_happy.jpg': {message}"):
        load_london(table)


def test_columns_missing(release):
    file = release / "london_faces_info.csv"
    file.write_text(file.read_text().replace("face_gender", "face_sex"))
    with pytest.raises(ValueError, match="faces_info.csv' has no column 'face_gender'"):
        load_london(release)


@pytest.mark.parametrize("text", ["file,x0,y0,x1\na,1,2,3\n", "file,x0,y0,x1,y1\na,1,2,3,wide\n"])
def test_landmarks_that_are_none(table, text):
    (table / "landmarks.csv").write_text(text)
    with pytest.raises(ValueError, match="landmarks.csv' has (no column 'y1'|points that are not)"):
        load_london(table)


@pytest.mark.parametrize(
    ("text", "message"),
    [(text, ": ") for text in ("", "two\n1 2\n3 4\n", "2\n1 2\n3\n", "2\n1 2\n3 four\n")]
    + [(text, " with pupils, ") for text in ("2\n1 2\n3 nan\n", "1\n3 4\n")],
)
def test_templates_that_are_none(release, text, message):
    (release / "neutral_front" / "050_03.tem").write_text(text)
    with pytest.raises(ValueError, match=f"050_03.tem' is not a WebMorph template{message}"):
        load_london(release)


@pytest.mark.skipif(not SHARED, reason="SKFER_TEST_DATA does not name the folder of the London set")
def test_real_set(check):
    data = load_london(SHARED)
    check(data)
    assert read_image(data.faces["image"][0]).shape[0] == 540
    pupils = data.pupils[data.target == "neutral"]
    assert (pupils[:, 0, 0] < pupils[:, 1, 0]).all()
