"""Download a file: resumable, verified, and never half there under its name."""

import hashlib
import http.client
import os
import re
import urllib.error
import urllib.request
from functools import partial
from multiprocessing import TimeoutError
from multiprocessing.pool import ThreadPool
from time import monotonic

from tqdm import tqdm

from skfer._version import __version__

BLOCK_SIZE = 2**18
TIMEOUT = 60  # seconds to answer, or without a byte
SLOWEST = 1024  # bytes a second


class _OnlyHTTP(urllib.request.BaseHandler):
    """Refuse what is not HTTP, also where a server redirects to it."""

    def default_open(self, request):
        if request.type not in ("http", "https"):
            raise urllib.error.URLError(f"'{request.full_url}' is not a web address")


def open_url(url, **headers):
    """Open an address for reading, or raise ConnectionError; to be used as a context manager."""
    pool = ThreadPool(1)  # since no timeout of a socket ends headers that never do
    try:
        headers = {"User-Agent": f"skfer/{__version__}", **headers}
        request = urllib.request.Request(url, headers=headers)
        opener = urllib.request.build_opener(_OnlyHTTP)
        response = pool.apply_async(opener.open, (request, None, TIMEOUT)).get(TIMEOUT)
    except urllib.error.HTTPError as error:
        with error:
            raise ConnectionError(
                f"Cannot open '{url}': the server answered {error.code} {error.reason}."
            ) from error
    except (OSError, http.client.HTTPException, ValueError, TimeoutError) as error:
        reason = str(getattr(error, "reason", error)) or "no answer in time"
        raise ConnectionError(
            f"Cannot open '{url}': {reason}. Is there a connection to the network?"
        ) from error
    finally:
        pool.close()
    if response.status not in (200, 206):  # such as 202, where a person is to prove to be one
        with response:
            raise ConnectionError(
                f"Cannot open '{url}': the server answered {response.status} {response.reason}."
            )
    return response


def read_url(url, n_most):
    """Download up to `n_most` bytes into memory."""
    content, latest = bytearray(), _latest_end(n_most)
    with open_url(url) as response:
        while block := _read_block(response, n_most + 1 - len(content), latest):
            content += block
        if response.length or len(content) > n_most:
            raise ConnectionError(f"'{url}' broke off, was too slow or exceeds {n_most} bytes.")
    return bytes(content)


def download(url, path, *, md5, size, verbose=False):
    """Download a file of `size` bytes, or the rest of it, and verify its MD5 checksum.

    What has come of it is in ``path + ".part"`` until all has and is verified; a later call goes
    on from there. A file that is complete is not downloaded again.

    Raises ConnectionError: if the connection breaks off or is too slow, what has come is kept; if
    length or checksum are others, it is not kept.
    """
    if path.is_file() and path.stat().st_size == size and _checksum(path) == md5:
        return path
    part = path.with_name(path.name + ".part")
    n_there = part.stat().st_size if part.is_file() else 0
    if n_there < size:
        _fetch_rest(url, part, n_there, size, verbose)
    n_there = part.stat().st_size
    if n_there < size:
        raise ConnectionError(
            f"The download of '{url}' broke off after {n_there} of {size} bytes. They are kept in "
            f"'{part}'; call again to go on from there."
        )
    if n_there > size or _checksum(part) != md5:
        part.unlink()
        raise ConnectionError(
            f"What '{url}' sent is not the file that was asked for: it has not its {size} bytes "
            f"with the MD5 checksum {md5}. It was removed; call again to try once more."
        )
    os.replace(part, path)
    return path


def _fetch_rest(url, part, n_there, size, verbose):
    headers = {"Range": f"bytes={n_there}-"} if n_there else {}
    with open_url(url, **headers) as response:
        if not _goes_on_at(response, n_there):
            n_there = 0
        length = size - n_there if response.length is None else response.length
        if length != size - n_there:  # before what is there is overwritten
            raise ConnectionError(
                f"'{url}' sends {length} bytes, not the {size - n_there} asked for."
            )
        shown = {"desc": part.stem, "unit": "B", "unit_scale": True, "disable": not verbose}
        bar = tqdm(total=size, initial=n_there, **shown)
        latest = _latest_end(size)
        with open(part, "ab" if n_there else "wb") as file, bar:
            # One byte too many tells as much as all of them.
            while block := _read_block(response, size + 1 - n_there, latest):
                file.write(block)
                n_there += len(block)
                bar.update(len(block))


def _goes_on_at(response, start):
    """Check whether the server sends the rest, which it need not, and not the whole."""
    content_range = re.match(r"bytes (\d+)-", response.headers.get("Content-Range", ""))
    return response.status == 206 and content_range and content_range[1] == str(start)


def _latest_end(size):
    return monotonic() + TIMEOUT + size / SLOWEST


def _read_block(response, n_wanted, latest):
    try:
        return response.read1(min(BLOCK_SIZE, n_wanted)) if monotonic() < latest else b""
    except (OSError, http.client.HTTPException):  # it broke off: what came before is kept
        return b""


def _checksum(path):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, partial(hashlib.md5, usedforsecurity=False)).hexdigest()
