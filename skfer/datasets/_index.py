"""From a folder of images to an index: one row per image, from paths and text only."""

import filecmp
import hashlib
import os
import warnings
from collections import Counter

from skfer.datasets._patterns import compile_argument, join_accents
from skfer.faces import VIDEO_SUFFIXES
from skfer.utils._files import identify
from skfer.utils._images import MAX_BYTES
from skfer.utils._suffixes import IMAGE_SUFFIXES, PICTURES, why_unread
from skfer.utils._text import count_of, join_some

FEATURES_IN_PYTHON = (
    "Tables of features, such as the action units of OpenFace, are evaluated in Python: table = "
    "load_feature_table(...), then evaluate_subject_independent(model, table.data, table.target, "
    "table.subjects)."
)


def find_image_files(folder, exclude=None, *, videos=False):
    """Find the image files of a folder and its sub-folders, and what cannot be read there.

    Returns the sorted paths relative to `folder`, with forward slashes and without hidden files,
    and a list of (path, problem). Symbolic links are followed, but a folder that is reached twice
    is read once: its images would come twice, under two names. Files and folders whose relative
    path the regular expression `exclude` matches are passed over. `videos` are files that can be
    read, if so.
    """
    excluded = compile_argument("exclude", exclude or "").fullmatch
    files, unreadable, n_tables = [], [], 0
    # What lies above is known too, so that a link upwards leads nowhere.
    first_path = {identify(parent): parent for parent in folder.resolve().parents}
    folders, links = [""], []
    while folders or links:
        prefix = (folders or links).pop()  # links last: a folder goes before the links to it
        path = folder / prefix
        try:
            identity = identify(path)
            if identity in first_path:
                unreadable.append((str(path), f"the same folder as '{first_path[identity]}'"))
                continue
            first_path[identity] = path
            visible = _list_visible(path)
        except OSError as error:
            unreadable.append((str(path), error.strerror))
            continue
        for entry in visible:
            name = prefix + entry.name
            if excluded(join_accents(name)):
                continue
            if _is_kind(entry.is_dir):
                (links if entry.is_symlink() else folders).append(f"{name}/")
            elif not name.lower().endswith((*PICTURES, *VIDEO_SUFFIXES)):
                n_tables += name.lower().endswith(".csv")
            elif problem := _find_problem(entry, videos):
                unreadable.append((entry.path, problem))
            else:
                files.append(name)
    if not files and not unreadable:
        tables = f", but {count_of(n_tables, 'CSV file')}. {FEATURES_IN_PYTHON}"
        raise FileNotFoundError(
            f"Found no image files in '{folder}' (looked for {', '.join(IMAGE_SUFFIXES)})"
            + (tables if n_tables else ".")
        )
    return sorted(files), sorted(unreadable)


def count_other_files(folder, known, exclude=None):
    """Count the visible files that are not among the `known`: by suffix, and those excluded.

    `known` has paths relative to `folder`, with forward slashes.
    """
    excluded = compile_argument("exclude", exclude or "").fullmatch
    n_excluded, suffixes = 0, Counter()
    for path, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        prefix = "" if path == str(folder) else f"{os.path.relpath(path, folder)}/"
        prefix = prefix.replace(os.sep, "/")
        parents = [prefix[:end] for end, letter in enumerate(prefix) if letter == "/"]
        for name in names:
            if name.startswith(".") or prefix + name in known:
                continue
            if any(excluded(join_accents(part)) for part in (*parents, prefix + name)):
                n_excluded += 1
            else:
                suffixes[os.path.splitext(name)[1].lower()] += 1
    return n_excluded, dict(suffixes.most_common())


def _list_visible(path):
    with os.scandir(path) as entries:
        visible = [entry for entry in entries if not entry.name.startswith(".")]
    return sorted(visible, key=lambda entry: entry.name, reverse=True)  # the last is taken first


def _find_problem(entry, videos):
    """Say why a file that looks like a picture or a video is not read, or return ""."""
    suffix = os.path.splitext(entry.name)[1].lower()
    if not _is_kind(entry.is_file):
        return "not a regular file, or a link to nowhere"
    if suffix in VIDEO_SUFFIXES and not videos:
        return (
            f"{suffix} files are read by load_image_folder(frames='sequence') only; or save their "
            "frames as JPEG"
        )
    return why_unread(suffix)


def _is_kind(question):
    try:
        return question()
    except OSError:  # a link to itself
        return False


def list_images(folder, prefix=None):
    """List the files of one folder that look like images, sorted, or that begin with `prefix`."""
    if not folder.is_dir():
        return []
    return sorted(
        file
        for file in folder.iterdir()
        if not file.name.startswith(".")
        and (file.suffix.lower() in PICTURES or (prefix and file.name.startswith(prefix)))
        and file.is_file()
    )


def match_names(files, pattern, example, misnamed=None):
    """Match the whole names of files: list (file, match), or refuse names unlike `example`.

    Of files whose names differ only in extension or case, and which are equal, the first is taken.
    `misnamed` maps names that files are known to have to the right ones.
    """
    matches, others = {}, []
    for file in files:
        match = pattern.fullmatch((misnamed or {}).get(file.name, file.name))
        if match is None:
            others.append(file.name)
            continue
        meaning = tuple(group and group.upper() for group in match.groups())
        first, _ = matches.setdefault(meaning, (file, match))
        if first != file and not filecmp.cmp(first, file, shallow=False):
            raise ValueError(
                f"'{first}' and '{file}' are named as one image, but differ; keep one of them."
            )
    refuse_misnamed(files and files[0].parent, others, example)
    return list(matches.values())


def refuse_misnamed(folder, names, example):
    """Refuse files of a data set that are not named as those of a copy are."""
    if names:
        raise ValueError(
            f"'{folder}' has files that are not named such as '{example}': "
            f"{join_some(names, quoted=True)}. Move them elsewhere."
        )


def count_images(frame):
    """Count the images, subjects and sequences of an index, all and per expression."""
    counts = {"images": len(frame), "subjects": frame["subject"].nunique()}
    units = {"images": frame}
    if "sequence" in frame:
        units["sequences"] = frame.drop_duplicates("sequence", keep="last")
        counts["sequences"] = len(units["sequences"])
    for unit, rows in units.items():
        for expression, n_rows in rows["expression"].value_counts().items():
            counts[f"{expression} {unit}"] = n_rows
    return counts


def check_counts(title, folder, expected, found, missing=()):
    """Refuse a copy of a data set whose counts differ from the official ones."""
    wrong = [
        f"{number} {what} expected, {found.get(what, 0)} found"
        for what, number in expected.items()
        if found.get(what, 0) != number
    ]
    if wrong:
        names = f"; missing: {join_some(missing)}" if missing else ""
        raise ValueError(
            f"The copy of {title} in '{folder}' is not the official one: {'; '.join(wrong)}{names}."
            " Pass on_missing='skip' to use it nevertheless."
        )


def check_sequences(index):
    """Refuse an index in which one sequence is of several subjects: one of them is wrong."""
    named = index[index["sequence"].fillna("") != ""]
    subjects = named.groupby("sequence")["subject"].unique()
    shared = subjects[subjects.map(len) > 1]
    if len(shared):
        raise ValueError(
            f"{len(shared)} sequences are of several subjects, the first is '{shared.index[0]}' of "
            f"{join_some(shared.iloc[0], quoted=True)}. A sequence shows one person; where its "
            "number is counted per person, let its name begin with the subject, such as "
            r"(?P<sequence>(?P<subject>S\d+)_\d+)."
        )


def find_duplicates(index):
    """Find image files of equal content that differ in subject or expression.

    Returns their path, subject and expression and ``copy_of``, the path of the first file with the
    same content, which is not listed.
    """
    copies = find_copies(index)
    return copies[copies.pop("is_in_conflict")].reset_index(drop=True)


def find_copies(index):
    """Find image files of equal content, and whether any of a group is labelled otherwise.

    Only files of equal length are read, of a length that `read_image` takes; none is decoded.
    """
    columns = ["path", "subject", "expression"]
    files = index[columns].assign(size=[os.path.getsize(path) for path in index["path"]])
    files = files[files["size"].between(1, MAX_BYTES) & files["size"].duplicated(keep=False)]
    files = files.assign(content=[_digest(path) for path in files["path"]])
    groups = files.groupby("content")
    in_conflict = (groups[["subject", "expression"]].transform("nunique") > 1).any(axis=1)
    copies = files[columns].assign(
        copy_of=groups["path"].transform("first"), is_in_conflict=in_conflict
    )
    return copies[copies["path"] != copies["copy_of"]]


def warn_of_duplicates(duplicates, title, stacklevel=4):
    """Warn the caller of the reader of images under two subjects or two expressions."""
    if len(duplicates):
        pairs = ("'" + duplicates["path"] + "' = '" + duplicates["copy_of"] + "'").tolist()
        equal = "image that equals" if len(pairs) == 1 else "images that equal"
        warnings.warn(
            f"{title} has {len(pairs)} {equal} one of another subject or expression: "
            f"{join_some(pairs)}. They are in the `duplicates` of the Bunch.",
            stacklevel=stacklevel,
        )


def _digest(path):
    with open(path, "rb", buffering=0) as file:
        return hashlib.file_digest(file, "blake2b").digest()
