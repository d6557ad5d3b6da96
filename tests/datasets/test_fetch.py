import hashlib
import io
import json
import zipfile

import numpy as np
import pandas as pd
import pytest

from skfer.datasets import fetch_london
from tests.file_server import run_file_server

SUBJECTS = [f"{number:03d}" for number in range(1, 103)]
NAMES = ["neutral_front.zip", "smiling_front.zip", "london_faces_info.csv"]


def make_zip(folder, names):
    """Zip the names as a Mac does, with files that are no photographs beside each."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(f"{folder}/.DS_Store", "x")
        for name in names:
            content = "2\n565 632\n778 624\n" if name.endswith(".tem") else name
            archive.writestr(f"{folder}/{name}", content)
            archive.writestr(f"__MACOSX/{folder}/._{name}", "x")
            archive.writestr(f"__MACOSX/{folder}/{name}", "x")
    return buffer.getvalue()


def publish(server):
    """List the files as figshare does."""
    listed = [
        {
            "id": number,
            "name": name,
            "size": len(content),
            "computed_md5": hashlib.md5(content).hexdigest(),
            "download_url": f"{server.url}/{name}",
        }
        for number, (name, content) in enumerate(server.files.items())
    ]
    article = {"id": 5047666, "version": 5, "files": listed}
    server.files["article"] = json.dumps(article).encode()


@pytest.fixture
def server():
    neutral = [f"{subject}_03.{suffix}" for subject in SUBJECTS for suffix in ("jpg", "tem")]
    people = "".join(f"{subject},{20 + int(subject)},male,black\n" for subject in SUBJECTS)
    with run_file_server() as server:
        server.files |= {
            "neutral_front.zip": make_zip("neutral_front", neutral),
            "smiling_front.zip": make_zip("smiling_front", [f"{s}_08.jpg" for s in SUBJECTS]),
            "london_faces_info.csv": f"face_id,face_age,face_gender,face_eth\n{people}".encode(),
            "neutral_left_profile.zip": b"never asked for",
        }
        publish(server)
        yield server


@pytest.fixture
def fetch(server, tmp_path):
    def fetch(**kwargs):
        return fetch_london(tmp_path, url=f"{server.url}/article", **kwargs)

    return fetch


def names(folder):
    return sorted(file.name for file in folder.iterdir())


def test_fetch(fetch, server, tmp_path):
    data = fetch()
    assert pd.Series(data.target).value_counts().to_dict() == {"neutral": 102, "happy": 102}
    assert np.unique(data.subjects).tolist() == SUBJECTS
    assert (data.pupils[data.target == "neutral"] == [[565, 632], [778, 624]]).all()
    assert data.frame["age"].max() == 122
    assert data.redistributable
    assert [name for name, _ in server.requests] == ["article", *NAMES]
    folder = tmp_path / "london"
    assert names(folder) == ["london_faces_info.csv", "neutral_front", "smiling_front"]
    assert len(names(folder / "neutral_front")) == 204  # nothing of the Mac's
    assert (folder / "neutral_front" / "001_03.jpg").read_text() == "001_03.jpg"


def test_second_call_asks_for_nothing(fetch, server):
    fetch()
    server.requests.clear()
    X, y, subjects = fetch(return_X_y=True)
    assert len(X) == len(y) == len(subjects) == 204
    assert server.requests == []


def test_set_that_came_otherwise(fetch, server, tmp_path):
    (tmp_path / "london").mkdir()
    (tmp_path / "london" / "london.csv").write_text(
        "file,subject,expression,age,gender,ethnicity\nx.jpg,001,happy,,,\n"
    )
    with pytest.raises(ValueError, match="The copy of the London set .* missing: x.jpg"):
        fetch()
    assert server.requests == []


def test_what_is_complete_is_kept(fetch, server, tmp_path):
    server.cut_after["smiling_front.zip"] = 5000
    with pytest.raises(ConnectionError, match="smiling_front.zip' broke off after 5000 of"):
        fetch()
    assert names(tmp_path / "london") == ["neutral_front", "smiling_front.zip.part"]
    server.cut_after.clear()
    server.requests.clear()
    assert len(fetch().faces) == 204
    assert server.requests == [
        ("article", None),
        ("smiling_front.zip", "bytes=5000-"),
        ("london_faces_info.csv", None),
    ]


def test_archive_that_was_not_unpacked(fetch, server, tmp_path):
    (tmp_path / "london" / "neutral_front.part").mkdir(parents=True)  # the process was killed
    (tmp_path / "london" / "neutral_front.part" / "999_03.jpg").touch()
    (tmp_path / "london" / "neutral_front.zip").write_bytes(server.files["neutral_front.zip"])
    assert len(fetch().faces) == 204
    assert [name for name, _ in server.requests] == ["article", *NAMES[1:]]
    assert "999_03.jpg" not in names(tmp_path / "london" / "neutral_front")


def test_file_not_listed(fetch, server):
    del server.files["smiling_front.zip"]
    publish(server)
    with pytest.raises(
        ConnectionError, match="lists no file 'smiling_front.zip'; it lists neutral_fro"
    ):
        fetch()


def test_list_cannot_be_had(fetch, server):
    server.cut_after["article"] = 100
    with pytest.raises(ConnectionError, match="article' broke off"):
        fetch()
    del server.files["article"]
    with pytest.raises(ConnectionError, match="article': the server answered 404"):
        fetch()


def test_archive_cannot_write_elsewhere(fetch, server, tmp_path):
    names_inside = [f"{subject}_08.jpg" for subject in SUBJECTS]
    server.files["smiling_front.zip"] = make_zip("../../elsewhere", names_inside)
    publish(server)
    assert len(fetch().faces) == 204
    assert names(tmp_path) == [".london.lock", "london"]


def test_no_data_home(server, tmp_path):
    with pytest.raises(FileNotFoundError, match="data_home is '.*absent', which is not a folder"):
        fetch_london(tmp_path / "absent", url=f"{server.url}/article")
    assert server.requests == []
