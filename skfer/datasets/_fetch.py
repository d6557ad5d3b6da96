"""Download of data sets with an open licence."""

import http.client
import json
import re
import shutil
import zipfile
from pathlib import PurePosixPath

from skfer.datasets._bunch import get_data_home
from skfer.datasets._download import download, open_url
from skfer.datasets._readers.london import PEOPLE, TABLE, VIEWS, load_london

LONDON_ARTICLE = "https://api.figshare.com/v2/articles/5047666/versions/5"
ARCHIVES = {f"{subfolder}.zip": subfolder for subfolder, _ in VIEWS.values()}
MEMBER = re.compile(r"[0-9]{3}_[0-9]{2}\.(?:jpg|tem)")


def fetch_london(data_home=None, *, url=LONDON_ARTICLE, verbose=False, return_X_y=False):
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
        If the server cannot be reached or the connection breaks off.
    ValueError
        If the list of files cannot be read, or a file is not what its checksum says.

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
    missing = _find_missing(folder)
    if missing:
        folder.mkdir(exist_ok=True)
        files = _list_files(url, missing)
        for name in missing:
            size, md5, download_url = files[name]
            path = download(download_url, folder / name, md5=md5, size=size, verbose=verbose)
            if name in ARCHIVES:
                _unpack(path, folder / ARCHIVES[name])
                path.unlink()
    return load_london(folder, return_X_y=return_X_y)


def _find_missing(folder):
    if (folder / TABLE).is_file():  # the other layout of `load_london`
        return []
    contents = {**ARCHIVES, PEOPLE: PEOPLE}
    return [name for name, content in contents.items() if not (folder / content).exists()]


def _list_files(url, names):
    try:
        with open_url(url) as response:
            text = response.read()
    except http.client.HTTPException as error:
        raise ConnectionError(f"The download of the list of files, '{url}', broke off.") from error
    try:
        files = {
            file["name"]: (int(file["size"]), file["computed_md5"], file["download_url"])
            for file in json.loads(text)["files"]
        }
    except (ValueError, KeyError, TypeError) as error:
        raise ValueError(f"'{url}' sent no list of files with their checksums.") from error
    for name in names:
        if name not in files:
            raise ValueError(f"'{url}' lists no file '{name}'; it lists {', '.join(files)}.")
    return files


def _unpack(archive, folder):
    """Unpack the photographs and templates, whatever folders the archive puts them in."""
    part = folder.with_name(folder.name + ".part")
    shutil.rmtree(part, ignore_errors=True)  # of a call that was interrupted
    part.mkdir()
    with zipfile.ZipFile(archive) as members:
        for member in members.namelist():
            name = PurePosixPath(member).name  # else an archive could write anywhere
            if MEMBER.fullmatch(name) and "__MACOSX" not in member:
                with members.open(member) as source, open(part / name, "wb") as target:
                    shutil.copyfileobj(source, target)
    if not any(part.iterdir()):
        raise ValueError(f"'{archive}' has no photographs named such as '001_03.jpg'.")
    part.rename(folder)
