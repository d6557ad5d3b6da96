"""`EyeLocator`: eye centres for every face."""

import warnings
from numbers import Integral
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.utils import check_consistent_length
from sklearn.utils._param_validation import HasMethods, StrOptions
from sklearn.utils.parallel import Parallel, delayed
from tqdm import tqdm

from skfer.alignment._eye_search import default_detectors, search_eyes
from skfer.alignment._landmark_model import resolve_landmark_model
from skfer.base import ImageTransformer
from skfer.utils._validation import check_pictures, decode_image


class EyeLocator(ImageTransformer):
    """Locate the eyes of each face: Haar cascades [1]_, then supervised descent [2]_.

    Every image shows one face that counts, nearly frontal. A face detector gives its box, a
    landmark model the pupils, in the face and in its mirror image; the less these agree, the lower
    the confidence. Where they look wrong, OpenCV's eye cascades give another start. Eyes that are
    known already are kept. The transformer is stateless: ``fit`` learns nothing.

    Parameters
    ----------
    detector : FaceDetector, default=None
        Finds faces; None takes ``HaarFaceDetector()`` and, where its face has no eyes to be
        trusted, ``HaarFaceDetector(many=True)``.
    landmark_model : str, Path or FrozenEstimator, default=None
        A file that :func:`save_landmark_model` wrote, or a fitted :class:`SupervisedDescent` in
        a ``sklearn.frozen.FrozenEstimator``, which keeps it fitted when cross-validation clones
        the locator; its first two points are the eyes. None takes the model that skfer ships.
    choose : {"score", "largest", "central", "only"}, default="score"
        Which face counts if the detector finds several: the surest and largest (by the score of
        the detector times the width of the box), the largest, that nearest to the centre; "only"
        treats several faces as a problem, as it does none. It alone looks for small bystanders at
        once, by ``HaarFaceDetector(many=True)``, some 20 times as long.
    on_missing : {"raise", "skip", "guess"}, default="raise"
        What to do where no eyes are found: "raise" an error that names all such images; "skip"
        leaves the eyes unknown (NaN), to be dropped by :func:`drop_missing` before
        cross-validation; "guess" warns and takes the mean places of the eyes in the face box, or
        in the whole picture if there is no face.
    landmarks : bool, default=False
        Add all points of the landmark model as a field ``landmarks``, NaN where unknown.
    n_jobs : int, default=None
        Number of images searched at a time; None means 1 unless in a ``joblib.parallel_config``
        context, -1 means all processors.
    verbose : int, default=0
        Show a progress bar if not 0.

    Attributes
    ----------
    missing_ : DataFrame
        The faces whose eyes the last ``transform`` did not find: ``sample`` (position), ``name``
        (with the file, if any) and ``problem``.

    See Also
    --------
    FaceAligner : Rotate, crop and resize faces by their eyes.
    skfer.inspection.AlignmentDisplay : Look at what was found, worst first.

    Notes
    -----
    The shipped model has seen the neutral portraits of the London set; there, fit one on other
    subjects. How exact it is stands in the model card of the documentation.

    References
    ----------
    .. [1] P. Viola and M. Jones, "Rapid object detection using a boosted cascade of simple
       features", CVPR 2001.
    .. [2] X. Xiong and F. De la Torre, "Supervised descent method and its applications to face
       alignment", CVPR 2013.

    Examples
    --------
    >>> import numpy as np
    >>> from skfer.alignment import EyeLocator
    >>> locator = EyeLocator(on_missing="skip")
    >>> faces = locator.fit_transform(np.zeros((2, 48, 48), np.uint8))  # no faces to be seen
    >>> faces["eyes"].shape, locator.missing_["problem"].tolist()
    ((2, 2, 2), ['no face found', 'no face found'])
    """

    _any_size = True

    _parameter_constraints: dict = {
        "detector": [HasMethods("detect"), None],
        "landmark_model": [str, Path, HasMethods("predict"), None],
        "choose": [StrOptions({"score", "largest", "central", "only"})],
        "on_missing": [StrOptions({"raise", "skip", "guess"})],
        "landmarks": ["boolean"],
        "n_jobs": [Integral, None],
        "verbose": ["verbose"],
    }

    def __init__(
        self,
        *,
        detector=None,
        landmark_model=None,
        choose="score",
        on_missing="raise",
        landmarks=False,
        n_jobs=None,
        verbose=0,
    ):
        self.detector = detector
        self.landmark_model = landmark_model
        self.choose = choose
        self.on_missing = on_missing
        self.landmarks = landmarks
        self.n_jobs = n_jobs
        self.verbose = verbose

    def transform(self, X):
        """Locate the eyes.

        Parameters
        ----------
        X : array-like of shape (n_images,) or (n_images, height, width)
            A face array; a list or array of grey or RGB images (uint8, or float of any range) or
            paths of image files; or a stack of grey, or (n_images, height, width, 3) RGB, images.

        Returns
        -------
        faces : ndarray of shape (n_images,)
            Face array with the ``eyes`` as (x, y) in pixels, the one on the left of the picture
            first, and a field ``confidence``, from 0 where the eyes were not found to 1, which
            eyes that were known have; images and other fields are kept.

        Raises
        ------
        ValueError
            If no eyes are found in an image and `on_missing` is "raise", an image file cannot be
            decoded, or pixels are not finite. The message names the images.
        """
        return super().transform(X)

    def _check(self, X, *, reset):
        return check_pictures(self, X)

    def _output_shape(self):
        return None

    def _transform_images(self, batch):
        model = resolve_landmark_model(self.landmark_model)
        detectors = default_detectors(self.detector, every_face=self.choose == "only")
        faces = batch.faces
        results = {"eyes": faces["eyes"].copy(), "confidence": np.ones(len(faces))}
        if self.landmarks:
            results["landmarks"] = np.full((len(faces), *model.mean_shape_.shape), np.nan)
        for name in set(results) & set(faces.dtype.names):
            results[name] = faces[name].copy()
        unknown = np.flatnonzero(~np.isfinite(faces["eyes"]).all(axis=(1, 2)))
        search = Parallel(n_jobs=self.n_jobs, return_as="generator")(
            delayed(_search)(
                batch.images[index], batch.describe(index), detectors, model, self.choose
            )
            for index in unknown
        )
        missing = []
        silent = not self.verbose or not len(unknown)
        progress = tqdm(search, "Locating eyes", len(unknown), disable=silent)
        for index, found in zip(unknown, progress, strict=True):
            results["confidence"][index] = found.confidence
            if self.landmarks:
                results["landmarks"][index] = found.landmarks
            if found.problem:
                missing.append((index, batch.describe(index), found.problem))
            if not found.problem or self.on_missing == "guess":
                results["eyes"][index] = found.eyes
        self.missing_ = pd.DataFrame(missing, columns=["sample", "name", "problem"])
        if missing:
            self._report_missing(len(faces))
        return batch.images, results

    def _report_missing(self, n_faces):
        names = ", ".join(self.missing_["name"] + ": " + self.missing_["problem"])
        message = f"Found no eyes in {len(self.missing_)} of {n_faces} images ({names})."
        if self.on_missing == "raise":
            raise ValueError(
                f"{message} Remove these images, set their eyes by hand in faces['eyes'], or "
                "choose on_missing='guess' (mean places) or 'skip' (then drop_missing)."
            )
        if self.on_missing == "guess":
            warnings.warn(f"{message} The mean places of the eyes are taken instead.", stacklevel=3)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.one_d_array = True
        tags.input_tags.two_d_array = False
        return tags


def _search(image, name, detectors, model, choose):
    return search_eyes(decode_image(image, name), detectors, model, choose)


def drop_missing(faces, *arrays):
    """Drop the faces without eyes, before cross-validation.

    Parameters
    ----------
    faces : ndarray of shape (n_faces,)
        Face array, from an ``EyeLocator(on_missing="skip")``.
    *arrays : array-like of shape (n_faces,)
        Labels, subjects and whatever else belongs to the faces.

    Returns
    -------
    kept : list of ndarray
        The faces with eyes, and the same rows of each array.
    dropped : ndarray of int
        Positions of the faces without eyes; report their number beside any result.

    Examples
    --------
    >>> import numpy as np
    >>> from skfer.alignment import drop_missing
    >>> from skfer.faces import make_face_array
    >>> eyes = np.array([[[9, 9], [19, 9]], np.full((2, 2), np.nan)])
    >>> faces = make_face_array(np.zeros((2, 30, 30)), eyes)
    >>> (faces, y), dropped = drop_missing(faces, ["happy", "sad"])
    >>> y.tolist(), dropped.tolist()
    (['happy'], [1])
    """
    known = np.isfinite(faces["eyes"]).all(axis=(1, 2))
    check_consistent_length(faces, *arrays)
    return [np.asarray(array)[known] for array in (faces, *arrays)], np.flatnonzero(~known)
