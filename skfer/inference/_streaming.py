"""Predict images and videos as streams of tables."""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Literal

import pandas as pd
from sklearn.base import BaseEstimator

from skfer._typing import Picture
from skfer.inference._prediction_stream import PredictionStream


def stream_predictions(
    model: BaseEstimator,
    inputs: Iterable[Picture],
    *,
    faces: Literal["largest", "all"] = "largest",
    every: int = 1,
    cropped: bool = False,
    batch_size: int = 64,
    n_jobs: int | None = None,
) -> Iterator[pd.DataFrame]:
    """Predict images and videos one after the other, as a stream of tables.

    No more than a batch of small faces and a few pictures for each of `n_jobs` are in memory,
    whatever the number of inputs and the length of the videos.

    Parameters
    ----------
    model : estimator instance
        A fitted pipeline or classifier. Faces and eyes are found with the detector and landmark
        model of its :class:`~skfer.alignment.EyeLocator`, or with skfer's own where it has none.
    inputs : iterable of (str, Path or ndarray)
        Paths of images and videos, told apart by the suffix, and pictures: arrays, grey or RGB,
        or the rows of a face array, whose eyes are kept where they are known.
    faces : {"largest", "all"}, default="largest"
        Which faces of a picture count: the largest with eyes to be trusted, or each with such
        eyes. For "all" skfer's own detector looks for small faces as well, some 20 times as long.
    every : int, default=1
        Of a video, predict each `every`-th frame, from the first.
    cropped : bool, default=False
        The pictures are face crops of the kind that `model` was fitted on, or, if it aligns faces,
        of the geometry of its aligner. Nothing is searched.
    batch_size : int, default=64
        Number of pictures whose faces the model predicts at a time.
    n_jobs : int, default=None
        Number of pictures searched at a time, in threads; None means 1 unless in a
        ``joblib.parallel_config`` context, -1 means all processors.

    Returns
    -------
    tables : iterator of DataFrame
        Each has the rows of some of the inputs, in their order, as :func:`predict_images` and
        :func:`predict_video` return them. A table with rows of a video has no others.

    Raises
    ------
    ValueError
        If a parameter is not as described, or `model` takes crops and `cropped` is False.

    See Also
    --------
    stream_video : One video, which can go on where it was stopped.

    Examples
    --------
    >>> from skfer.datasets import make_faces
    >>> from skfer.inference import stream_predictions
    >>> from skfer.pipelines import make_svm_pipeline
    >>> data = make_faces(6, 1, expressions=("happy", "sad"), random_state=0)
    >>> model = make_svm_pipeline("hog").fit(data.faces, data.target)
    >>> for table in stream_predictions(model, data.faces[:3], batch_size=2):
    ...     print(len(table))
    2
    1
    """
    refuse_single("inputs", inputs)
    stream = PredictionStream(
        model, faces=faces, every=every, cropped=cropped, batch_size=batch_size, n_jobs=n_jobs
    )
    return stream.of_inputs(inputs)


def stream_video(
    model: BaseEstimator,
    path: str | Path,
    *,
    faces: Literal["largest", "all"] = "largest",
    every: int = 1,
    cropped: bool = False,
    batch_size: int = 64,
    n_jobs: int | None = None,
    done: pd.DataFrame | None = None,
) -> Iterator[pd.DataFrame]:
    """Predict a video as a stream of tables, from its beginning or from where it was stopped.

    Parameters
    ----------
    model, faces, every, cropped, batch_size, n_jobs
        As for :func:`stream_predictions`.
    path : str or Path
        The video.
    done : DataFrame, default=None
        The first rows of an earlier stream with the same parameters, whole frames. Only the rows
        after them are yielded, with the ids of the faces going on, as without an interruption.

    Returns
    -------
    tables : iterator of DataFrame
        Each has the rows of up to `batch_size` frames, as :func:`predict_video` returns them.

    Raises
    ------
    ValueError
        If a parameter is not as described, or `model` takes crops and `cropped` is False.

    Examples
    --------
    >>> from skfer.datasets import make_faces
    >>> from skfer.inference import stream_video
    >>> from skfer.pipelines import make_svm_pipeline
    >>> data = make_faces(6, 1, expressions=("happy", "sad"), random_state=0)
    >>> model = make_svm_pipeline("hog").fit(data.faces, data.target)
    >>> [table.loc[0, "problem"] for table in stream_video(model, "nowhere.mp4")]
    ["Cannot read video 'nowhere.mp4': No such file or directory."]
    """
    stream = PredictionStream(
        model, faces=faces, every=every, cropped=cropped, batch_size=batch_size, n_jobs=n_jobs
    )
    return stream.of_video(path, done)


def refuse_single(name, inputs):
    """Refuse a picture or a path where a list of them is expected."""
    if isinstance(inputs, str | os.PathLike) or getattr(inputs, "ndim", 1) == 2:
        raise ValueError(f"{name} is a single picture or path; put it in a list.")
