"""Predictions of any number of images and videos, saved as they come."""

import hashlib
import os
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path
from typing import Any, Literal

import pandas as pd
from tqdm import tqdm

from skfer.inference._baseline import check_n_frames
from skfer.inference._counts import PredictionCounts
from skfer.inference._csv import check_separators
from skfer.inference._journal import Journal
from skfer.inference._outputs import (
    FinishedTables,
    count_predictions,
    partial_path,
    summary_path,
    write_overlays,
    write_table,
)
from skfer.inference._overlay_files import overlay_paths
from skfer.inference._smoothing import check_seconds
from skfer.inference._streaming import refuse_single, stream_predictions, stream_video
from skfer.inference._summary import summarize_predictions
from skfer.utils._files import only_writer
from skfer.utils._video import count_frames, is_video


def save_predictions(
    model: str | Path,
    inputs: Sequence[str | Path],
    path: str | Path,
    *,
    faces: Literal["largest", "all"] = "largest",
    every: int = 1,
    cropped: bool = False,
    batch_size: int = 64,
    n_jobs: int | None = None,
    resume: bool = True,
    smoothing: float | None = None,
    baseline: int | None = None,
    summary: bool = False,
    overlay: str | Path | None = None,
    delimiter: str = ",",
    decimal: Literal[".", ","] = ".",
    run: dict[str, Any] | None = None,
    verbose: int = 0,
) -> PredictionCounts:
    """Predict images and videos of any number and length, and save the table as CSV.

    What is finished is kept in `path` with ``.partial`` at its end. Interrupted or killed, the same
    call goes on from there and gives the same table, byte by byte.

    Parameters
    ----------
    model : str or Path
        File that :func:`skfer.persistence.save_model` wrote.
    inputs : sequence of str or Path
        Image and video files, such as :func:`find_inputs` returns.
    path : str or Path
        The CSV file to write; it appears when all is done. Beside it appears a data dictionary of
        the same name in ``.json``, as :func:`describe_predictions` makes it.
    faces, every, cropped, batch_size, n_jobs
        As in :func:`stream_predictions`.
    resume : bool, default=True
        Go on with what is unfinished there, if anything is; False begins anew.
    smoothing : float, default=None
        Seconds over which to :func:`smooth_predictions` of videos.
    baseline : int, default=None
        Frames of each face of each video to :func:`subtract_baseline` of.
    summary : bool, default=False
        Write what :func:`summarize_predictions` returns to a second file, ``NAME_summary.csv``.
    overlay : str or Path, default=None
        Folder for annotated copies of images and videos, see :func:`write_overlay`. With `resume`,
        those that are there already are left as they are.
    delimiter, decimal : str, default="," and "."
        As in :func:`write_predictions`.
    run : dict, default=None
        What else reproduces the table, such as the command, for the data dictionary.
    verbose : int, default=0
        Show a progress bar if not 0.

    Returns
    -------
    counts : PredictionCounts
        Numbers of inputs, frames and faces, and what cannot be read.

    Raises
    ------
    ValueError
        If the model cannot be used, there are no inputs, an option is wrong, or what is unfinished
        there is of another model, other inputs or other options.
    TimeoutError
        If another process is writing this table.
    OSError
        If a file cannot be written; what is finished is kept.

    Notes
    -----
    Memory holds one batch of images or frames, however long the inputs. With `smoothing`,
    `baseline`, `summary` or `overlay` it also holds the rows of one video, some 1.2 kB each: an
    hour at 30 frames a second and one face takes 130 MB. So does a video that is gone on with.

    Examples
    --------
    >>> from skfer.inference import find_inputs, save_predictions
    >>> inputs, left_out = find_inputs(["photographs", "clip.mp4"])  # doctest: +SKIP
    >>> save_predictions("face.skfer", inputs, "faces.csv")  # doctest: +SKIP
    """
    from skfer.persistence import read_card

    check_separators(delimiter, decimal)
    if smoothing is not None:
        check_seconds(smoothing)
    if baseline is not None:
        check_n_frames(baseline)
    refuse_single("inputs", inputs)
    path, inputs = Path(path), [os.fspath(each) for each in inputs]
    if not inputs:
        raise ValueError("inputs is empty; give at least one image or video.")
    how = {"faces": faces, "every": every, "cropped": cropped, "batch_size": batch_size}
    copies = {} if overlay is None else overlay_paths(inputs, overlay)
    settings = {"model": _name_model(model), **how, "inputs": _name_inputs(inputs)}
    with only_writer(path):
        if not resume:
            for stale in (partial_path(path), *copies.values()):
                stale.unlink(missing_ok=True)
        with Journal(partial_path(path), settings) as journal:
            changed = smoothing is not None or baseline is not None
            _predict_missing(model, inputs, journal, changed, verbose, n_jobs=n_jobs, **how)
            tables = FinishedTables(journal, smoothing, baseline)
            counts = count_predictions(tables, inputs)
            write_overlays(tables, copies)
            run = {**(run or {}), "Settings": settings, "card": read_card(model)}
            run |= {"smoothing": smoothing, "baseline": baseline}
            how = {"delimiter": delimiter, "decimal": decimal}
            if summary:
                parts = map(summarize_predictions, tables.by_input())
                write_table(parts, summary_path(path), how, run)
            write_table(tables.finished(), path, how, run)
        partial_path(path).unlink()
    return counts


def _name_model(path):
    """Return the name of a model file with a digest of what it holds."""
    if not os.path.exists(path):
        raise FileNotFoundError(f"There is no model '{path}'.")
    with open(path, "rb") as file:
        return f"{Path(path).name} ({hashlib.file_digest(file, 'blake2b').hexdigest()[:16]})"


def _name_inputs(inputs):
    """Return the number of the inputs with a digest of their names, sizes and times."""
    digest = hashlib.blake2b(digest_size=8)
    for file in inputs:
        status = os.stat(file)
        stamp = f"{file}\0{status.st_size} {status.st_mtime_ns}\0"
        digest.update(stamp.encode("utf-8", "surrogateescape"))
    return f"{len(inputs)} files ({digest.hexdigest()})"


def _predict_missing(model, inputs, journal, need_probabilities, verbose, *, every, **how):
    """Add to the journal what is not in it yet; the model is loaded if there is any."""
    from skfer.persistence import load_model  # and torch with it

    finished, begun = _find_finished(journal)
    missing = [each for each in inputs if each not in finished]
    if not missing:
        return
    path, model = model, load_model(model)
    if need_probabilities and not hasattr(model, "predict_proba"):
        raise ValueError(f"The model '{path}' gives no probabilities to smooth or to compare.")
    total = sum(-(-count_frames(each) // every) if is_video(each) else 1 for each in missing)
    with tqdm(desc="Predicting", total=total, unit=" frames", disable=not verbose) as progress:

        def add(tables):
            for table in tables:
                journal.add_rows(table)
                progress.update(table[["input", "frame"]].drop_duplicates().shape[0])

        for of_videos, paths in groupby(missing, is_video):
            if not of_videos:
                add(stream_predictions(model, list(paths), **how))
                continue
            for path in paths:
                done = begun if begun is not None and begun["input"].iloc[0] == path else None
                add(stream_video(model, path, every=every, done=done, **how))
                journal.end_input(path)


def _find_finished(journal):
    """Return the finished inputs, and the rows of a video that was begun or None."""
    finished, begun = set(), []
    for part in journal.read():
        if isinstance(part, str):
            finished.add(part)
            begun = []
        elif is_video(part["input"].iloc[0]):
            begun.append(part)
        else:
            finished.update(part["input"])
    return finished, pd.concat(begun, ignore_index=True) if begun else None
