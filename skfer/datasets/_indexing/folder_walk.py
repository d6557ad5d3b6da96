"""Which image files a folder has, whatever its links lead to."""

import os

__all__ = ["IMAGE_SUFFIXES", "find_image_files"]

IMAGE_SUFFIXES = (
    ".bmp",
    ".gif",
    ".jpeg",
    ".jpg",
    ".pbm",
    ".pgm",
    ".png",
    ".ppm",
    ".tif",
    ".tiff",
    ".webp",
)


def find_image_files(folder):
    """Find the image files of a folder and its sub-folders, and what cannot be read there.

    Symbolic links are followed. A folder that is reached twice, by a link to it or to one above
    it, is read once: its images would come twice, under two names.

    Parameters
    ----------
    folder : Path
        The folder.

    Returns
    -------
    files : list of str
        Paths relative to `folder`, with forward slashes, sorted. Hidden files are left out.
    unreadable : list of (str, str)
        Paths and what is wrong with them: folders that cannot be listed or are met twice, and
        entries with the name of an image that are no files.

    Raises
    ------
    FileNotFoundError
        If there are no image files.
    """
    files, unreadable = [], []
    # What lies above is known too, so that a link upwards leads nowhere.
    first_path = {_identify(parent): parent for parent in folder.resolve().parents}
    folders, links = [""], []
    while folders or links:
        prefix = (folders or links).pop()  # links last: a folder goes before the links to it
        path = folder / prefix
        try:
            identity = _identify(path)
            if identity in first_path:
                unreadable.append((str(path), f"the same folder as '{first_path[identity]}'"))
                continue
            first_path[identity] = path
            visible = _list_visible(path)
        except OSError as error:
            unreadable.append((str(path), error.strerror))
            continue
        for entry in visible:
            if _is_kind(entry.is_dir):
                (links if entry.is_symlink() else folders).append(f"{prefix}{entry.name}/")
            elif entry.name.lower().endswith(IMAGE_SUFFIXES):
                if _is_kind(entry.is_file):
                    files.append(prefix + entry.name)
                else:
                    unreadable.append((entry.path, "not a regular file, or a link to nowhere"))
    if not files and not unreadable:
        raise FileNotFoundError(
            f"Found no image files in '{folder}' (looked for {', '.join(IMAGE_SUFFIXES)})."
        )
    return sorted(files), sorted(unreadable)


def _identify(path):
    status = os.stat(path)
    return status.st_dev, status.st_ino


def _list_visible(path):
    with os.scandir(path) as entries:
        visible = [entry for entry in entries if not entry.name.startswith(".")]
    return sorted(visible, key=lambda entry: entry.name, reverse=True)  # the last is taken first


def _is_kind(question):
    try:
        return question()
    except OSError:  # a link to itself
        return False
