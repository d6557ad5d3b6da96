import hashlib

import numpy as np
import pytest

from skfer.datasets import _download as downloading
from skfer.datasets._download import download
from tests.file_server import run_file_server

CONTENT = np.random.default_rng(0).bytes(600_000)  # more than two blocks
MD5 = hashlib.md5(CONTENT).hexdigest()


@pytest.fixture
def server():
    with run_file_server() as server:
        server.files["faces.zip"] = CONTENT
        yield server


@pytest.fixture
def fetch(server, tmp_path):
    def fetch(**kwargs):
        expected = {"md5": MD5, "size": len(CONTENT)}
        url = f"{server.url}/faces.zip"
        return download(url, tmp_path / "faces.zip", **{**expected, **kwargs})

    return fetch


def names(folder):
    return sorted(file.name for file in folder.iterdir())


def test_whole_file_is_asked_for_once(fetch, server, tmp_path):
    for _ in range(2):
        assert fetch() == tmp_path / "faces.zip"
    assert (tmp_path / "faces.zip").read_bytes() == CONTENT
    assert names(tmp_path) == ["faces.zip"]
    assert server.requests == [("faces.zip", None)]


def test_another_file_of_the_name_is_replaced(fetch, tmp_path):
    (tmp_path / "faces.zip").write_bytes(CONTENT[::-1])
    assert fetch().read_bytes() == CONTENT


def test_goes_on_where_the_connection_was_cut(fetch, server, tmp_path):
    server.cut_after["faces.zip"] = 250_000
    for n_there in (250_000, 500_000):
        message = rf"broke off after {n_there} of 600000 bytes. They are kept in '.*zip.part'; call"
        with pytest.raises(ConnectionError, match=message):
            fetch()
        assert names(tmp_path) == ["faces.zip.part"]
    assert fetch().read_bytes() == CONTENT
    assert [wanted for _, wanted in server.requests] == [None, "bytes=250000-", "bytes=500000-"]
    assert names(tmp_path) == ["faces.zip"]


def test_goes_on_where_it_was_interrupted(fetch, server, tmp_path, monkeypatch):
    read_block = downloading._read_block

    def interrupt(*args):
        raise KeyboardInterrupt

    steps = iter([read_block, interrupt])
    monkeypatch.setattr(downloading, "_read_block", lambda *args: next(steps)(*args))
    with pytest.raises(KeyboardInterrupt):
        fetch()
    monkeypatch.undo()
    there = (tmp_path / "faces.zip.part").stat().st_size
    assert 0 < there <= downloading.BLOCK_SIZE
    assert fetch().read_bytes() == CONTENT
    assert server.requests[1] == ("faces.zip", f"bytes={there}-")


@pytest.mark.parametrize(
    ("n_there", "requests"), [(1000, [("faces.zip", "bytes=1000-")]), (len(CONTENT), [])]
)
def test_part_and_a_server_that_ignores_ranges(fetch, server, tmp_path, n_there, requests):
    (tmp_path / "faces.zip.part").write_bytes(CONTENT[:n_there])
    server.understands_ranges = False
    assert fetch().read_bytes() == CONTENT
    assert server.requests == requests


def test_wrong_checksum(fetch, tmp_path):
    with pytest.raises(
        ConnectionError, match="not the file .* 600000 bytes with the MD5 checksum 00"
    ):
        fetch(md5="0" * 32)
    assert names(tmp_path) == []


def test_part_of_another_file(fetch, tmp_path):
    (tmp_path / "faces.zip.part").write_bytes(b"x" * 1000)
    with pytest.raises(ConnectionError, match="It was removed; call again to try once more"):
        fetch()
    assert fetch().read_bytes() == CONTENT


def test_file_of_another_length_leaves_what_is_there(fetch, server, tmp_path):
    (tmp_path / "faces.zip.part").write_bytes(CONTENT[:1000])
    server.files["faces.zip"] = b"<html>Please log in</html>"
    server.understands_ranges = False
    with pytest.raises(
        ConnectionError, match="faces.zip' sends 26 bytes, not the 600000 asked for"
    ):
        fetch()
    assert (tmp_path / "faces.zip.part").read_bytes() == CONTENT[:1000]


def test_length_that_is_not_told(fetch, server, tmp_path):
    server.tells_length = False
    with pytest.raises(ConnectionError, match="not the file that was asked for"):
        fetch(size=1000)
    assert names(tmp_path) == []
    assert fetch().read_bytes() == CONTENT


def test_no_such_file(fetch, server, tmp_path):
    del server.files["faces.zip"]
    with pytest.raises(ConnectionError, match="faces.zip': the server answered 404 Not Found"):
        fetch()
    assert names(tmp_path) == []


def test_server_that_puts_off(fetch, server, tmp_path):
    (tmp_path / "faces.zip.part").write_bytes(CONTENT[:1000])
    server.status = 202
    with pytest.raises(ConnectionError, match="the server answered 202 Accepted"):
        fetch()
    assert (tmp_path / "faces.zip.part").read_bytes() == CONTENT[:1000]


def test_no_server(tmp_path, monkeypatch):
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with run_file_server() as server:
        url = server.url
    with pytest.raises(ConnectionError, match="Cannot open .*Is there a connection to the network"):
        download(f"{url}/faces.zip", tmp_path / "faces.zip", md5=MD5, size=1)


@pytest.mark.parametrize("verbose", [False, True])
def test_progress(fetch, capsys, verbose):
    fetch(verbose=verbose)
    output = capsys.readouterr()
    assert output.out == ""
    assert ("faces.zip" in output.err) == verbose
