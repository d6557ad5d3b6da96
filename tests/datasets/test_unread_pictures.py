"""Pictures that are not read are named, and nothing but pictures is read."""

import os
import re
import sys
import tracemalloc
import unicodedata
from types import SimpleNamespace

import numpy as np
import pytest

from skfer.cli._align_folder import _find_files
from skfer.datasets import _index, load_ck48, load_image_folder, load_jaffe
from skfer.datasets._index import find_duplicates, find_image_files
from skfer.datasets._readers.ckplus import _list_frames
from skfer.utils import read_image
from skfer.utils._opencv import cv2

JPEG = cv2.imencode(".jpg", np.full((8, 8), 99, np.uint8))[1].tobytes()
UNREAD = ["1.heic", "1.HEIC", "1.heif", "1.avif", "1.CR2", "1.dng", "1.jxl", "1.mov", "1.mp4"]
unix = pytest.mark.skipif(os.name != "posix", reason="pipes and devices")


def put(folder, name, data=JPEG):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "pillow_heif", None)
    put(tmp_path, "anna/happy/1.jpg")
    return tmp_path


@pytest.mark.parametrize("name", UNREAD)
def test_a_picture_of_another_format_is_an_error_that_names_it(folder, name):
    path = put(folder, f"ben/happy/{name}", b"x")
    with pytest.raises(ValueError, match=rf"{name}': .* JPEG.* exclude.*on_unreadable='skip'"):
        load_image_folder(folder)
    data = load_image_folder(folder, on_unreadable="skip")
    assert data.subjects.tolist() == ["anna"]
    assert data.unreadable["path"].tolist() == [str(path)]
    assert load_image_folder(folder, exclude=rf"ben/.*{name}").subjects.tolist() == ["anna"]


@pytest.mark.parametrize("name", UNREAD)
def test_the_command_says_which_pictures_it_leaves_out(folder, tmp_path_factory, capsys, name):
    put(folder, f"ben/{name}", b"x")
    options = SimpleNamespace(input=folder, output=tmp_path_factory.mktemp("out"))
    assert _find_files(options) == ["anna/happy/1.jpg"]
    assert f"Left out: '{folder / 'ben' / name}' (" in capsys.readouterr().out


@pytest.mark.parametrize("name", ["1.jfif", "1.JPE", "1.pnm", "1.dib", "1.apng"])
def test_rarer_suffixes_of_known_formats_are_read(folder, name):
    put(folder, f"ben/happy/{name}", JPEG + b"not the same")
    assert load_image_folder(folder).subjects.tolist() == ["anna", "ben"]


def test_heic_is_listed_where_it_can_be_read(folder, monkeypatch):
    monkeypatch.setattr("skfer.utils._suffixes.find_spec", lambda _: True)
    put(folder, "ben/happy/1.HEIC")
    assert find_image_files(folder) == (["anna/happy/1.jpg", "ben/happy/1.HEIC"], [])


def test_readers_of_data_sets_refuse_pictures_of_other_formats(folder):
    put(folder, "ck/anger/S010_004_00000017.heic", b"x")
    with pytest.raises(ValueError, match=r"00000017\.heic': HEIC"):
        load_ck48(folder / "ck")
    put(folder, "jaffe/KA.AN1.39.tiff")
    put(folder, "jaffe/KA.AN2.40.heic", b"x")
    with pytest.raises(ValueError, match="not named such as.*'KA.AN2.40.heic'"):
        load_jaffe(folder / "jaffe")
    put(folder, "S005/001/S005_001_00000001.cr2", b"x")
    with pytest.raises(ValueError, match=r"00000001\.cr2' is not named such as"):
        _list_frames(folder / "S005/001", "S005_001")


def test_folders_are_excluded_too(folder):
    put(folder, "raw/1.jpg")
    put(folder, "raw/deeper/1.mov")
    assert load_image_folder(folder, exclude="raw").subjects.tolist() == ["anna"]
    with pytest.raises(ValueError, match=r"exclude='\(' is not a regular expression"):
        load_image_folder(folder, exclude="(")


def test_names_of_a_mac_and_of_others_are_those_of_one_person(folder):
    for form in ("NFC", "NFD"):
        name = unicodedata.normalize(form, f"Zoë {form}/fröhlich")
        put(folder, f"{name}/1.jpg", b"")
    data = load_image_folder(
        folder,
        pattern=r"(?P<subject>\w+)( NF[CD])?/(?P<expression>\w+)/[^/]+",
        canonical_labels=False,
    )
    assert data.frame["subject"].tolist() == ["Zoë", "Zoë", "anna"]
    assert data.target_names == ["fröhlich", "happy"]
    assert all(os.path.isfile(path) for path in data.frame["path"])
    assert len(find_image_files(folder, exclude="Zoë.*")[0]) == 1


@pytest.mark.parametrize("form", ["NFC", "NFD"])
@pytest.mark.parametrize("other", ["NFC", "NFD"])
def test_a_csv_finds_files_by_any_spelling_of_their_accents(folder, form, other):
    put(folder, unicodedata.normalize(form, "zoë.jpg"))
    text = "file,subject,expression\n zoë.jpg ,Zoë ,sad\nanna/happy/1.jpg, Zoë,sad\n"
    text = unicodedata.normalize(other, text)
    (folder / "a.csv").write_bytes(text.replace(" Zoë,", "Zoë,").encode())
    data = load_image_folder(folder, csv="a.csv")
    assert set(data.frame["subject"]) == {"Zoë"}
    assert all(os.path.isfile(path) for path in data.frame["path"])


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("name,subject,expression\na.jpg,1,sad\n", "no column 'file'; its columns are 'name'"),
        ("name|subject|expression\na.jpg|1|sad\n", "Name them so in its first line"),
        (
            "file,subject,expression\nanna\\happy\\1.jpg,1,sad\n",
            r"no such file: write / instead of \\\)",
        ),
        ("file,subject,expression\nmüller.jpg,1,sad\n".encode("cp1252"), "'CSV UTF-8'"),
        ("file,subject,expression\n".encode("utf-16-le"), "'CSV UTF-8'"),
    ],
)
def test_a_csv_that_is_refused_comes_with_a_hint(folder, text, hint):
    (folder / "a.csv").write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises((ValueError, FileNotFoundError), match=hint):
        load_image_folder(folder, csv="a.csv")


def test_where_a_csv_is_looked_for_is_said(folder):
    with pytest.raises(FileNotFoundError, match="csv is relative to the folder"):
        load_image_folder(folder, csv="a.csv")


def test_a_csv_may_name_files_elsewhere(folder, tmp_path_factory):
    path = put(tmp_path_factory.mktemp("elsewhere"), "1.jpg")
    (folder / "a.csv").write_text(f"file,subject,expression\n{path},1,sad\n")
    assert load_image_folder(folder, csv="a.csv").frame["path"].tolist() == [str(path)]


@unix
@pytest.mark.parametrize("name", ["/dev/zero", "pipe.jpg", "sub.jpg", "x" * 300])
def test_a_csv_names_files_alone(folder, name):
    os.mkfifo(folder / "pipe.jpg")
    (folder / "sub.jpg").mkdir()
    text = f"file,subject,expression\nanna/happy/1.jpg,1,sad\n{name},1,sad\n"
    (folder / "a.csv").write_text(text)
    with pytest.raises(FileNotFoundError, match="names 1 file not found in"):
        load_image_folder(folder, csv="a.csv")
    data = load_image_folder(folder, csv="a.csv", on_unreadable="skip")
    assert len(data.faces) == len(data.unreadable) == 1


def test_a_file_in_another_case_is_told(folder):
    put(folder, "Zoë/VP1 Happy.JPG")
    lines = "file,subject,expression\n{},1,sad\n"
    meant = "differs only in case from 'Zoë/VP1 Happy.JPG'"
    for name, hint in {
        "zoë/vp1 happy.jpg": meant,
        "Zoë\\VP1 happy.jpg": rf"write / instead of \; {meant}",
    }.items():
        (folder / "a.csv").write_text(lines.format(name), "utf-8")
        with pytest.raises(FileNotFoundError, match=re.escape(f"'{name}' (no such file: {hint})")):
            load_image_folder(folder, csv="a.csv", on_unreadable="skip")  # none is left


@pytest.fixture
def copies(folder):
    index = load_image_folder(folder).frame.loc[[0, 0]].assign(subject=["anna", "ben"])

    def write(data):
        paths = [put(folder, name, data) for name in ("a.jpg", "b.jpg")]
        return index.assign(path=[str(path) for path in paths])

    return write


def test_duplicates_are_read_in_blocks(copies):
    index = copies(bytes(8_000_000))
    tracemalloc.start()
    found = find_duplicates(index)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(found) == 1
    assert peak < 2_000_000


@pytest.mark.parametrize("size", [0, 101])
def test_no_duplicates_are_sought_among_files_that_are_no_images(copies, monkeypatch, size):
    """Files of size 0 may be those of the kernel, which never end; sparse ones have any size."""
    index = copies(bytes(size))
    monkeypatch.setattr(_index, "MAX_BYTES", 100)
    monkeypatch.setattr(_index, "_digest", lambda path: pytest.fail(f"read {path}"))
    assert len(find_duplicates(index)) == 0
    with pytest.raises(ValueError):
        read_image(index["path"].iloc[0])
