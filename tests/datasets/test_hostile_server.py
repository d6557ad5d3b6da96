"""Whatever a server sends, fetch_london ends, takes little, and raises ConnectionError."""

import bz2
import errno
import hashlib
import io
import itertools
import json
import zipfile

import pytest
from filelock import FileLock

from skfer.datasets import _download as downloading
from skfer.datasets import _fetch as fetching
from skfer.datasets import fetch_london
from skfer.datasets._download import download
from tests.file_server import run_file_server

NEUTRAL = "neutral_front.zip"


@pytest.fixture
def server():
    with run_file_server() as server:
        server.files[NEUTRAL] = make_zip()
        yield server


@pytest.fixture
def fetch(server, tmp_path):
    """Fetch from an article whose first archive is listed so; the other files are not there."""

    def fetch(**changes):
        content = server.files[NEUTRAL]
        listed = {
            "name": NEUTRAL,
            "size": len(content),
            "computed_md5": hashlib.md5(content).hexdigest(),
            "download_url": f"{server.url}/{NEUTRAL}",
        }
        absent = {"size": 1, "download_url": f"{server.url}/absent"}
        names = ("smiling_front.zip", "london_faces_info.csv")
        files = [listed | changes, *(listed | absent | {"name": name} for name in names)]
        server.files.setdefault("article", json.dumps({"files": files}).encode())
        return fetch_london(tmp_path, url=f"{server.url}/article")

    return fetch


def make_zip(names=("001_03.jpg", "001_03.tem"), content=b"x" * 1000, method=zipfile.ZIP_STORED):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name in names:
            archive.writestr(name, content)
    return buffer.getvalue()


@pytest.mark.parametrize(
    "size",
    [float("inf"), float("nan"), -5, 0, 1.5, "12", None, [], 2**40, 10**4000],
    ids=lambda size: repr(size)[:9],
)
def test_odd_sizes(fetch, size):
    with pytest.raises(ConnectionError, match="article'"):
        fetch(size=size)


@pytest.mark.parametrize("md5", [None, 3, "", "0" * 32, ["x"]])
def test_odd_checksums(fetch, md5):
    with pytest.raises(ConnectionError, match="with the MD5 checksum"):
        fetch(computed_md5=md5)


ADDRESSES = ["file:///etc/passwd", "data:,x", "ftp://127.0.0.1/x", "", "no address", "http://"]
ADDRESSES += ["http://[", "http://a b/", "http://127.0.0.1:99999/", "http://\n", "javascript:1"]
ADDRESSES += [None, 7, {}]


@pytest.mark.parametrize("address", ADDRESSES, ids=str)
def test_odd_addresses(fetch, server, address):
    with pytest.raises(ConnectionError, match="Cannot open"):
        fetch(download_url=address)
    assert [name for name, _ in server.requests] == ["article"]


@pytest.mark.parametrize("address", ["file:///etc/passwd", "ftp://127.0.0.1/x", "data:,x"])
@pytest.mark.parametrize("name", ["article", NEUTRAL])
def test_redirects_to_anything_but_the_web(fetch, server, name, address):
    server.redirects[name] = address
    with pytest.raises(ConnectionError, match="Cannot open"):
        fetch()


def test_redirects_on_the_web_are_followed(fetch, server, tmp_path):
    server.files["elsewhere"] = server.files[NEUTRAL]
    server.redirects[NEUTRAL] = f"{server.url}/elsewhere"
    with pytest.raises(ConnectionError, match="absent"):  # the next file
        fetch()
    assert (tmp_path / "london" / "neutral_front" / "001_03.jpg").is_file()


@pytest.mark.parametrize(
    "text",
    [
        "<html>",
        "[]",
        '{"files": 3}',
        '{"files": [{"name": "neutral_front.zip"}]}',
        "[" * 100_000,
        '{"files": ' * 10_000,
        '{"files": [{"name": [], "size": 1, "computed_md5": "", "download_url": ""}]}',
        '{"files": [{"name": 3, "size": 1, "computed_md5": "", "download_url": ""}]}',
        '{"files": [{"name": "x", "size": ' + "9" * 5000 + "}]}",
        b"\xff\xfe\x00",
        "",
    ],
    ids=lambda text: repr(text[:40]),
)
def test_odd_lists(fetch, server, text):
    server.files["article"] = text.encode() if isinstance(text, str) else text
    message = "sent no list of files with their checksums|lists no file 'neutral_front.zip'"
    with pytest.raises(ConnectionError, match=f"article' ({message})"):
        fetch()


@pytest.mark.parametrize("tells_length", [True, False])
def test_a_list_without_end(fetch, server, tells_length):
    server.files["article"] = b" " * (fetching.LARGEST_LIST + 1)
    server.tells_length = tells_length
    with pytest.raises(ConnectionError, match="article' .*exceeds 1048576 bytes"):
        fetch()


def test_a_list_that_stalls(fetch, server, monkeypatch):
    monkeypatch.setattr(downloading, "TIMEOUT", 0.1)
    server.stall_after["article"] = 10
    with pytest.raises(ConnectionError, match="article' broke off, was too slow"):
        fetch()


def test_an_answer_that_never_begins(fetch, server, monkeypatch):
    monkeypatch.setattr(downloading, "TIMEOUT", 0.1)
    server.answers = False
    with pytest.raises(ConnectionError, match="no answer in time"):
        fetch()


@pytest.mark.parametrize("name", ["article", NEUTRAL])
def test_a_server_that_is_too_slow(fetch, name, monkeypatch):
    """A few bytes at a time never are silence; the clock runs a minute for each."""
    read = downloading._read_block

    def drip(response, n_wanted, latest):
        slow = response.url.endswith(name)
        return read(response, 1 if slow else n_wanted, latest if slow else float("inf"))

    clock = itertools.count(step=60)
    monkeypatch.setattr(downloading, "monotonic", lambda: next(clock))
    monkeypatch.setattr(downloading, "_read_block", drip)
    with pytest.raises(ConnectionError, match=rf"{name}' broke off"):
        fetch()


def break_content(content):
    return content.replace(b"x" * 1000, b"y" * 1000, 1)


def set_byte(content, offset, value):
    """Change a byte in the entries of the directory of an archive, and in those of its members."""
    changed = bytearray(content)
    for mark, place in ((b"PK\x03\x04", offset), (b"PK\x01\x02", offset + 2)):
        start = -1
        while (start := content.find(mark, start + 1)) >= 0:
            changed[start + place] = value
    return bytes(changed)


def broken_bz2():
    content = make_zip(method=zipfile.ZIP_BZIP2)
    return content.replace(bz2.compress(b"x" * 1000)[4:10], b"abcdef")


BROKEN = {
    "no zip": b"<html>" * 100,
    "empty zip": make_zip(()),
    "no photographs": make_zip(("readme.txt",)),
    "cut": make_zip()[:-30],
    "bad checksum": break_content(make_zip()),
    "encrypted": set_byte(make_zip(), 6, 1),
    "unknown method": set_byte(make_zip(), 8, 77),
    "broken bz2": broken_bz2(),
    "bomb": make_zip(content=bytes(10**6), method=zipfile.ZIP_DEFLATED),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_bad_archive_is_removed(fetch, server, tmp_path, monkeypatch, name):
    monkeypatch.setattr(fetching, "LARGEST_FILE", 10**5)
    good, server.files[NEUTRAL] = server.files[NEUTRAL], BROKEN[name]
    with pytest.raises(ConnectionError, match=r"neutral_front.zip' sent no archive of photographs"):
        fetch()
    assert not (tmp_path / "london" / NEUTRAL).exists()
    assert not (tmp_path / "london" / "neutral_front").exists()
    n_bytes = sum(file.stat().st_size for file in tmp_path.rglob("*"))
    assert n_bytes < 3 * 10**5
    server.files[NEUTRAL] = good
    del server.files["article"]
    with pytest.raises(ConnectionError, match="absent"):  # the next file
        fetch()
    assert (tmp_path / "london" / "neutral_front" / "001_03.jpg").is_file()


def test_a_full_disk_is_no_fault_of_the_archive(fetch, tmp_path, monkeypatch):
    def fill(*files):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("shutil.copyfileobj", fill)
    with pytest.raises(OSError, match="No space left") as caught:
        fetch()
    assert not isinstance(caught.value, ConnectionError)
    assert (tmp_path / "london" / NEUTRAL).is_file()


def test_another_process_at_work_is_waited_for(fetch, server, tmp_path):
    with FileLock(tmp_path / ".london.lock"):
        with pytest.raises(TimeoutError, match="london' is being written by another process"):
            fetch()
    assert server.requests == []


def test_what_came_before_a_server_stalls_is_kept(server, tmp_path, monkeypatch):
    monkeypatch.setattr(downloading, "TIMEOUT", 0.1)
    server.stall_after[NEUTRAL] = 700
    content = server.files[NEUTRAL]
    given = {"md5": hashlib.md5(content).hexdigest(), "size": len(content)}
    for _ in range(2):
        with pytest.raises(ConnectionError, match="broke off after"):
            download(f"{server.url}/{NEUTRAL}", tmp_path / "a.zip", **given)
    assert (tmp_path / "a.zip.part").stat().st_size == 1400
