"""Download of data sets with an open licence."""

import json
import re
import shutil
import zipfile
from pathlib import Path, PurePosixPath
from typing import Any

from sklearn.utils import Bunch

from skfer.datasets._bunch import get_data_home
from skfer.datasets._download import download, read_url
from skfer.datasets._readers.london import PEOPLE, TABLE, VIEWS, load_london
from skfer.utils._files import only_writer
from skfer.utils._text import join_some

LONDON_ARTICLE = "https://api.figshare.com/v2/articles/5047666/versions/5"
ARCHIVES = {f"{subfolder}.zip": subfolder for subfolder, _ in VIEWS.values()}
LARGEST_LIST, LARGEST_FILE = 2**20, 2**28  # bytes; the list has 20 kB, all archives 90 MB
MEMBER = re.compile(r"[0-9]{3}_[0-9]{2}\.(?:jpg|tem)")


def fetch_london(
    data_home: str | Path | None = None,
    *,
    url: str = LONDON_ARTICLE,
    verbose: bool = False,
    return_X_y: bool = False,
) -> Bunch | Any:
    """Download the Face Research Lab London Set [1]_, where it is not there yet, and load it.

    Its licence is CC BY 4.0. Three files are taken from figshare, about 90 MB: the frontal neutral
    and the frontal smiling portraits (1350x1350) and the age, gender and ethnicity of the sitters.
    They are compared with the checksums that figshare's public interface gives, and unpacked. A
    download that breaks off is resumed by the next call; files that are complete are kept.

    Parameters
    ----------
    data_home : str or Path, default=None
        The folder in which ``london`` is made, the folder of the data set; None takes the
        environment variable ``SKFER_DATA``.
    url : str, default="https://api.figshare.com/v2/articles/5047666/versions/5"
        Where the list of files is: JSON with ``files``, each with ``name``, ``size``,
        ``computed_md5`` and ``download_url``.
    verbose : bool, default=False
        Show progress bars.
    return_X_y : bool, default=False
        Return ``(faces, target, subjects)`` instead of the Bunch.

    Returns
    -------
    data : Bunch or tuple of (ndarray, ndarray, ndarray)
        What `load_london` returns.

    Raises
    ------
    FileNotFoundError
        If there is no folder `data_home`.
    ConnectionError
        If the server cannot be reached, is too slow, breaks off, or sends anything else than a list
        of files, files with these checksums and archives of photographs.
    TimeoutError
        If another process is downloading it.
    ValueError
        If photographs are missing, as `load_london` says.

    Notes
    -----
    Where figshare lets in browsers only, put ``london_faces_info.csv`` and the unpacked
    ``neutral_front`` and ``smiling_front`` into the folder ``london`` by hand: nothing is
    downloaded then.

    References
    ----------
    .. [1] L. DeBruine and B. Jones, "Face Research Lab London Set" (version 5), figshare, 2017,
       doi:10.6084/m9.figshare.5047666.v5.

    Examples
    --------
    >>> from skfer.datasets import fetch_london
    >>> data = fetch_london("datasets", verbose=True)  # doctest: +SKIP
    """
    folder = get_data_home(data_home) / "london"
    if _find_missing(folder):
        with only_writer(folder):
            folder.mkdir(exist_ok=True)
            missing = _find_missing(folder)
            files = _list_files(url, missing)
            for name in missing:
                _fetch_file(folder, name, *files[name], verbose)
    return load_london(folder, return_X_y=return_X_y)


def _find_missing(folder):
    if (folder / TABLE).is_file():  # the other layout of `load_london`
        return []
    contents = {**ARCHIVES, PEOPLE: PEOPLE}
    return [name for name, content in contents.items() if not (folder / content).exists()]


def _list_files(url, names):
    text = read_url(url, LARGEST_LIST)
    try:
        files = {
            file["name"]: (file["size"], file["computed_md5"], str(file["download_url"]))
            for file in json.loads(text)["files"]
        }
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise ConnectionError(f"'{url}' sent no list of files with their checksums.") from error
    for name in names:
        if name not in files:
            listed = join_some(files, 9)
            raise ConnectionError(f"'{url}' lists no file '{name}'; it lists {listed}.")
        size = files[name][0]
        if not (isinstance(size, int) and 0 < size <= LARGEST_FILE):
            raise ConnectionError(f"'{url}' says that '{name}' has {size} bytes.")
    return files


def _fetch_file(folder, name, size, md5, url, verbose):
    path = download(url, folder / name, md5=md5, size=size, verbose=verbose)
    if name not in ARCHIVES:
        return
    try:
        _unpack(path, folder / ARCHIVES[name])
    except Exception as error:
        if getattr(error, "errno", None):  # of the disk here, not of the archive
            raise
        path.unlink()
        raise ConnectionError(
            f"'{url}' sent no archive of photographs: {error}. It was removed."
        ) from error
    path.unlink()


def _unpack(archive, folder):
    """Unpack the photographs and templates, whatever folders the archive puts them in."""
    part = folder.with_name(folder.name + ".part")
    shutil.rmtree(part, ignore_errors=True)  # of a call that was interrupted
    part.mkdir()
    n_left = LARGEST_FILE
    with zipfile.ZipFile(archive) as members:
        for member in members.infolist():
            name = PurePosixPath(member.filename).name  # else an archive could write anywhere
            if MEMBER.fullmatch(name) and "__MACOSX" not in member.filename:
                n_left -= member.file_size
                if n_left < 0:
                    raise ValueError(f"it unpacks to more than {LARGEST_FILE} bytes")
                with members.open(member) as source, open(part / name, "wb") as target:
                    shutil.copyfileobj(source, target)
    if not any(part.iterdir()):
        raise ValueError("none is named such as '001_03.jpg'")
    part.rename(folder)
