"""The rows of saved faces: which are to be made, how, and how they get into the file."""

from copy import deepcopy

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils.parallel import Parallel, delayed
from tqdm import tqdm

from skfer.datasets._saved_files import NO_FILE, STAMP_SIZE, append, write_state
from skfer.faces import is_face_array, with_fields
from skfer.utils import check_images


def find_todo(faces, state, stamps, process, batch_size):
    """Mark the faces not yet done, those whose picture was replaced, and failed ones that work."""
    n_done = state["n_done"]
    todo = np.ones(len(faces), dtype=bool)
    starts = range(0, len(state["stamps"]), STAMP_SIZE)
    former = np.array([state["stamps"][start : start + STAMP_SIZE] for start in starts], dtype=str)
    # A face whose picture is gone stays.
    todo[:n_done] = (stamps[:n_done] != former) & (stamps[:n_done] != NO_FILE)
    failed = [failure["row"] for failure in state["unreadable"]]
    for start in range(0, len(failed), batch_size):
        again = failed[start : start + batch_size]
        _, failures = process(faces[again], again)
        todo[again] = True
        todo[[failure["row"] for failure in failures]] = False
    return todo


def save_rows(
    faces, process, file, state, todo, stamps, *, former=None, batch_size, n_jobs, verbose
):
    """Save rows behind those that count: made where `todo` says so, others as they were before.

    `former` is the state and the array that hold them.
    """
    starts = range(state["n_done"], len(todo), batch_size)
    batches = [np.arange(start, min(start + batch_size, len(todo))) for start in starts]
    # Batches arrive in their order, and few are held: those that wait to be written.
    # In processes: what Python does for each image would make threads wait for each other.
    results = Parallel(n_jobs=n_jobs, return_as="generator")(
        delayed(process)(faces[rows[todo[rows]]], rows[todo[rows]]) for rows in batches
    )
    shown = {"total": len(todo), "initial": state["n_done"], "unit": "face", "disable": not verbose}
    with tqdm(**shown) as progress:
        for rows, (made, failures) in zip(batches, results, strict=True):
            if former is not None:
                made, failures = _merge(rows, todo, made, failures, *former)
            if made is not None:
                append(file, state, made)
            state |= {
                "n_done": int(rows[-1]) + 1,
                "unreadable": state["unreadable"] + failures,
                "stamps": state["stamps"] + "".join(stamps[rows]),
            }
            write_state(file, state)
            progress.update(len(rows))


def _merge(rows, todo, made, failures, state, former):
    """Put the faces made again among those that stay; return them, and the failures of both."""
    failed = sorted(failure["row"] for failure in state["unreadable"])
    failures = failures + [
        f for f in state["unreadable"] if f["row"] in rows and not todo[f["row"]]
    ]
    saved = np.setdiff1d(rows, [failure["row"] for failure in failures])
    kept = saved[~todo[saved]]
    order = np.argsort(np.concatenate([kept, saved[todo[saved]]]))
    parts = [former[kept - np.searchsorted(failed, kept)]] + ([] if made is None else [made])
    return np.concatenate(parts)[order], failures


def process_batch(faces, rows, transformer, on_unreadable):
    """Return the transformed faces, or None if there are none, and what is wrong with others."""
    if len(rows) == 0:
        return None, []
    try:
        return _transform(faces, transformer), []
    except ValueError as error:
        problem = error
    done, failures = [], []
    for place, row in enumerate(rows):
        try:
            done.append(_transform(faces[place : place + 1], transformer))
        except ValueError as error:
            # The step numbers faces within the batch; the cause names only the file.
            reason = str(error.__cause__ or error)
            image = faces["image"][place]
            path = image if isinstance(image, str) else None
            if on_unreadable == "raise":
                raise ValueError(f"Row {row}, file '{path}': {reason}") from error
            failures.append({"row": int(row), "path": path, "error": reason})
    if not failures or len({part.dtype for part in done}) > 1:
        raise problem
    return (np.concatenate(done) if done else None), failures


def _transform(faces, transformer):
    if transformer is None:
        return with_fields(faces, image=check_images(BaseEstimator(), faces).images)
    # Copied, since a transformer may take notes, as EyeLocator does, and it is the caller's.
    transformed = deepcopy(transformer).transform(faces)
    if not is_face_array(transformed) or transformed.dtype.hasobject:
        raise TypeError(f"{transformer} gives no faces of one size; end with a FaceAligner.")
    if len(transformed) != len(faces):
        raise TypeError(f"{transformer} makes {len(transformed)} faces of {len(faces)}.")
    return transformed
