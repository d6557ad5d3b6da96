"""What a data set holds, and whether it can be evaluated, before anything is trained."""

from collections import Counter

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator
from sklearn.utils import Bunch

from skfer._subjects import known_subjects
from skfer.evaluation._guards._leakage import caught_doubts, warn_doubts, warn_lone_classes
from skfer.evaluation._guards._near_duplicates import compare_thumbnails, make_thumbnail
from skfer.utils import check_images
from skfer.utils._threads import map_in_threads


def summarize_dataset(data: Bunch) -> Bunch:
    """Count the people, expressions and sizes of a data set, and look for what makes it doubtful.

    Parameters
    ----------
    data : Bunch
        What a reader of :mod:`skfer.datasets` returned. Every picture is decoded once.

    Returns
    -------
    summary : Bunch
        What it holds:

        n_images, n_subjects : int
            How many.
        class_counts : dict of {str: int}
            Number of images of each expression.
        counts : DataFrame of shape (n_subjects, n_expressions)
            Number of images of each subject by expression.
        image_sizes : dict of {str: int}
            Number of images of each size, such as ``"640x480"`` (width, height), most first; of
            those that a camera turned, as they are shown.
        near_duplicates : DataFrame
            Of :func:`find_near_duplicates`: one photograph under two subjects.
        doubts : list of str
            What has to be looked at, such as ids that may be one person, in sentences.
        max_folds : int
            Greatest number of folds by subject, the number of subjects; 0 if one shows all, or if
            an expression is shown by one person alone, so that it cannot be learned from others.

    Examples
    --------
    >>> from skfer.datasets import make_faces
    >>> from skfer.evaluation import summarize_dataset
    >>> data = make_faces(3, 2, expressions=("happy", "sad"), random_state=0)
    >>> summary = summarize_dataset(data)
    >>> summary.class_counts, summary.image_sizes, summary.max_folds
    ({'happy': 6, 'sad': 6}, {'96x96': 12}, 3)
    """
    counts = pd.crosstab(np.asarray(data.subjects), np.asarray(data.target))
    counts = counts.rename_axis(index="subject", columns=None)
    subjects = known_subjects(data.faces, data.subjects)
    lone = caught_doubts(warn_lone_classes, data.target, subjects)
    sizes, thumbnails = _measure(data.faces)
    return Bunch(
        n_images=len(data.target),
        n_subjects=len(counts),
        class_counts=counts.sum().to_dict(),
        counts=counts,
        image_sizes=dict(Counter(f"{width}x{height}" for height, width in sizes).most_common()),
        near_duplicates=compare_thumbnails(thumbnails, subjects),
        doubts=caught_doubts(warn_doubts, subjects) + lone,
        max_folds=0 if lone or len(counts) < 2 else len(counts),
    )


def _measure(faces):
    """Return (height, width) and the thumbnail of each image, or middle frame, decoded once."""
    batch = check_images(BaseEstimator(), faces, any_size=True, sequences="accept")

    def measure(index):
        grey = batch.decode(index)
        return grey.shape, make_thumbnail(grey)

    sizes, thumbnails = zip(*map_in_threads(measure, range(len(faces))), strict=True)
    return sizes, np.stack(thumbnails)
