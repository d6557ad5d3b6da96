"""Predict images and videos as one table."""

from collections.abc import Iterable
from pathlib import Path
from typing import Literal

import pandas as pd
from sklearn.base import BaseEstimator
from tqdm import tqdm

from skfer._typing import Picture
from skfer.inference._columns import make_table
from skfer.inference._prediction_stream import PredictionStream
from skfer.inference._streaming import refuse_single
from skfer.utils._video import count_frames


def predict_images(
    model: BaseEstimator,
    images: Iterable[Picture],
    *,
    faces: Literal["largest", "all"] = "largest",
    cropped: bool = False,
    batch_size: int = 64,
    n_jobs: int | None = None,
    verbose: int = 0,
) -> pd.DataFrame:
    """Predict the expression of the faces in images.

    Parameters
    ----------
    model : estimator instance
        A fitted pipeline or classifier. Faces and eyes are found with the detector and landmark
        model of its :class:`~skfer.alignment.EyeLocator`, or with skfer's own where it has none.
    images : iterable of (str, Path or ndarray)
        Paths of images, whatever the suffix; arrays, grey (height, width) or RGB (height, width,
        3); or a face array, whose eyes are kept where they are known.
    faces : {"largest", "all"}, default="largest"
        Which faces of a picture count: the largest with eyes to be trusted, or each with such
        eyes. For "all" skfer's own detector looks for small faces as well, some 20 times as long.
    cropped : bool, default=False
        The images are face crops of the kind that `model` was fitted on, or, if it aligns faces,
        of the geometry of its aligner. Nothing is searched.
    batch_size : int, default=64
        Number of images whose faces the model predicts at a time.
    n_jobs : int, default=None
        Number of images searched at a time, in threads; None means 1 unless in a
        ``joblib.parallel_config`` context, -1 means all processors.
    verbose : int, default=0
        Show a progress bar if not 0.

    Returns
    -------
    table : DataFrame
        One row for each face, and one for each image without a prediction, in the order of
        `images`, with the columns

        - ``input``: the path as given; of an array its position, as text;
        - ``frame``, ``timestamp``: 0 and NaN, since this is no video;
        - ``face``: 0 for the largest face of the image, and so on; missing where there is none;
        - ``success``: 1, or 0 where there is no prediction, and no values are given;
        - ``confidence``: that of the eyes, from 0 to 1; 1 for eyes that were known and crops;
        - ``box_x``, ``box_y``, ``box_width``, ``box_height``: the face in pixels, from its upper
          left corner; it may reach beyond the image;
        - ``left_eye_x``, ``left_eye_y``, ``right_eye_x``, ``right_eye_y``: eye centres in pixels,
          left and right in the picture; NaN for crops;
        - ``expression``: what `model` predicts; ``proba_<class>``: the probability of each class,
          if `model` has ``predict_proba``;
        - ``problem``: why there is no prediction, else empty.

    Raises
    ------
    ValueError
        If a parameter is not as described, or `model` takes crops and `cropped` is False.

    See Also
    --------
    stream_predictions : The same for more images than memory has room for.

    Notes
    -----
    The boxes of a detector are faces only where the landmark model trusts their eyes: below that,
    eyes are never guessed, whatever the ``on_missing`` of an ``EyeLocator`` says. A detector of the
    user's has to work in several threads at once.

    Steps of skfer that take each image by itself, such as a ``FaceAligner``, run on one face at a
    time, so that a photograph is not kept. ``predict_proba`` runs once a batch; ``predict`` is not
    asked where it is known to be the most probable class.

    Examples
    --------
    >>> from skfer.datasets import make_faces
    >>> from skfer.inference import predict_images
    >>> from skfer.pipelines import make_svm_pipeline
    >>> data = make_faces(6, 1, expressions=("happy", "sad"), random_state=0)
    >>> model = make_svm_pipeline("hog").fit(data.faces, data.target)
    >>> table = predict_images(model, ["nowhere.png", data.images[0]])
    >>> table["success"].tolist(), table.loc[1, "expression"]
    ([0, 1], 'happy')
    >>> table.loc[0, "problem"]
    "Cannot read image 'nowhere.png': No such file or directory."
    """
    stream = PredictionStream(
        model, faces=faces, every=1, cropped=cropped, batch_size=batch_size, n_jobs=n_jobs
    )
    refuse_single("images", images)
    images = tqdm(images, "Predicting", unit=" images", disable=not verbose)
    return _join(stream.of_images(enumerate(images)), stream)


def predict_video(
    model: BaseEstimator,
    path: str | Path,
    *,
    faces: Literal["largest", "all"] = "largest",
    every: int = 1,
    batch_size: int = 64,
    n_jobs: int | None = None,
    verbose: int = 0,
) -> pd.DataFrame:
    """Predict the expression of the faces in each frame of a video.

    Parameters
    ----------
    model, faces, batch_size, n_jobs
        As for :func:`predict_images`.
    path : str or Path
        The video.
    every : int, default=1
        Predict each `every`-th frame, from the first.
    verbose : int, default=0
        Show a progress bar if not 0.

    Returns
    -------
    table : DataFrame
        One row for each face, and one for each frame without a prediction, with the columns of
        :func:`predict_images`, where

        - ``frame``: the number of the frame in the video, from 0, in the order of presentation;
        - ``timestamp``: seconds from the first frame to the presentation of this one, as the file
          has it, exact for a variable frame rate;
        - ``face``: the same number while the box of the face overlaps with that in the frame
          before, or up to a second before; from 0 in the order of appearance.

        A frame that cannot be decoded has a row, and so has, at the end, a video that breaks off
        or cannot be read.

    Raises
    ------
    ValueError
        If a parameter is not as described, or `model` takes crops.

    Notes
    -----
    The times are read from the packets of the file before anything is decoded. A rotation that
    the file asks for, as phones do, is applied. A face that leaves and comes back after more than
    a second, or elsewhere, has another number: faces are not recognized.

    Examples
    --------
    >>> from skfer.datasets import make_faces
    >>> from skfer.inference import predict_video
    >>> from skfer.pipelines import make_svm_pipeline
    >>> data = make_faces(6, 1, expressions=("happy", "sad"), random_state=0)
    >>> model = make_svm_pipeline("hog").fit(data.faces, data.target)
    >>> predict_video(model, "nowhere.mp4")["success"].tolist()
    [0]
    """
    stream = PredictionStream(
        model, faces=faces, every=every, cropped=False, batch_size=batch_size, n_jobs=n_jobs
    )
    tables, n_frames = [], count_frames(path) if verbose else None
    with tqdm(desc="Predicting", total=n_frames, unit=" frames", disable=not verbose) as bar:
        for table in stream.of_video(path):
            tables.append(table)
            bar.update(every * table["frame"].nunique())
    return _join(tables, stream)


def _join(tables, stream):
    tables = list(tables)
    if not tables:
        return make_table([], stream.model.classes)
    return pd.concat(tables, ignore_index=True)
