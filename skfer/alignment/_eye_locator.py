"""`EyeLocator`: eye centres for every face."""

import warnings
from numbers import Integral
from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from sklearn.frozen import FrozenEstimator
from sklearn.utils import check_consistent_length
from sklearn.utils._param_validation import HasMethods, Interval, StrOptions
from sklearn.utils.parallel import Parallel, delayed
from tqdm import tqdm

from skfer._typing import Array, FaceArray, Images
from skfer.alignment._detection import FaceDetector
from skfer.alignment._eye_search import default_detectors, search_eyes
from skfer.alignment._landmark_model import resolve_landmark_model
from skfer.alignment._sequence_eyes import search_sequence
from skfer.base import ImageTransformer
from skfer.utils._image_batch import decode_image
from skfer.utils._sequences import sequence_length
from skfer.utils._validation import check_pictures


class EyeLocator(ImageTransformer):
    """Locate the eyes of each face: Haar cascades [1]_, then supervised descent [2]_.

    Every image shows one face that counts, nearly frontal. A face detector gives its box, a
    landmark model the pupils, in the face and in its mirror image; the less these agree, the lower
    the confidence. Where they look wrong, OpenCV's eye cascades give another start. Eyes that are
    known already are kept. The transformer is stateless: ``fit`` learns nothing.

    In a sequence the eyes of the frames are searched. Those that stand for the whole of it are the
    median over the frames to be trusted, at least half as sure as the surest.

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
    frame_step : int, default=1
        Of a sequence, search each `frame_step`-th frame from the first, and the last one.
    landmarks : bool, default=False
        Add all points of the landmark model as a field ``landmarks``, NaN where unknown. Not for
        sequences.
    n_jobs : int, default=None
        Number of images searched at a time; None means 1 unless in a ``joblib.parallel_config``
        context, -1 means all processors.
    verbose : int, default=0
        Show a progress bar if not 0.

    Attributes
    ----------
    missing_ : DataFrame
        The faces whose eyes the last ``transform`` did not find, or not in all frames of a
        sequence: ``sample`` (position), ``name`` (with the file, if any) and ``problem``.

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
    _sequences = "accept"

    _parameter_constraints: dict = {
        "detector": [HasMethods("detect"), None],
        "landmark_model": [str, Path, HasMethods("predict"), None],
        "choose": [StrOptions({"score", "largest", "central", "only"})],
        "on_missing": [StrOptions({"raise", "skip", "guess"})],
        "frame_step": [Interval(Integral, 1, None, closed="left")],
        "landmarks": ["boolean"],
        "n_jobs": [Integral, None],
        "verbose": ["verbose"],
    }

    def __init__(
        self,
        *,
        detector: FaceDetector | None = None,
        landmark_model: str | Path | FrozenEstimator | None = None,
        choose: Literal["score", "largest", "central", "only"] = "score",
        on_missing: Literal["raise", "skip", "guess"] = "raise",
        frame_step: int = 1,
        landmarks: bool = False,
        n_jobs: int | None = None,
        verbose: int = 0,
    ):
        self.detector = detector
        self.landmark_model = landmark_model
        self.choose = choose
        self.on_missing = on_missing
        self.frame_step = frame_step
        self.landmarks = landmarks
        self.n_jobs = n_jobs
        self.verbose = verbose

    def transform(self, X: Images) -> FaceArray:
        """Locate the eyes.

        Parameters
        ----------
        X : array-like of shape (n_images,) or (n_images, height, width)
            A face array; a list or array of grey or RGB images (uint8, or float of any range) or
            paths of image files; or a stack of grey, or (n_images, height, width, 3) RGB, images.
            Or sequences: a face array or a list of them.

        Returns
        -------
        faces : ndarray of shape (n_images,)
            Face array with the ``eyes`` as (x, y) in pixels, the one on the left of the picture
            first, and a field ``confidence``, from 0 where the eyes were not found to 1, which
            eyes that were known have; images and other fields are kept. Sequences get a field
            ``frame_eyes``, arrays (n_frames, 2, 2), too; those whose ``eyes`` were known keep
            theirs, or NaN.

        Raises
        ------
        ValueError
            If no eyes are found in an image and `on_missing` is "raise", an image file cannot be
            decoded, or pixels are not finite. The message names the images.
        """
        return super().transform(X)

    def _check(self, X, *, reset):
        return check_pictures(self, X, sequences=self._sequences)

    def _output_shape(self):
        return None

    def _transform_images(self, batch):
        detectors, model = self._resolve()
        faces = batch.faces
        results = {"eyes": faces["eyes"].copy(), "confidence": np.ones(len(faces))}
        if self.landmarks:
            results["landmarks"] = np.full((len(faces), *model.mean_shape_.shape), np.nan)
        for name in set(results) & set(faces.dtype.names):
            if faces[name].shape == results[name].shape:  # landmarks may be of another model
                results[name] = faces[name].copy()
        missing = []
        for index, found in self._search_unknown(batch, _search, detectors, model, self.choose):
            results["confidence"][index] = found.confidence
            if self.landmarks:
                results["landmarks"][index] = found.landmarks
            if found.problem:
                missing.append((index, batch.describe(index), found.problem))
            if not found.problem or self.on_missing == "guess":
                results["eyes"][index] = found.eyes
        self._report_missing(missing, f"{len(missing)} of {len(faces)} images")
        return batch.images, results

    def _transform_sequences(self, batch):
        if self.landmarks:
            raise ValueError("landmarks=True is for single images; sequences get their eyes only.")
        faces = batch.faces
        results = {"eyes": faces["eyes"].copy(), "confidence": np.ones(len(faces))}
        for name in {"confidence", "frame_eyes"} & set(faces.dtype.names):
            results[name] = faces[name].copy()
        if "frame_eyes" not in results:
            n_frames = map(sequence_length, batch.images)
            results["frame_eyes"] = [np.full((number, 2, 2), np.nan) for number in n_frames]
        guess = self.on_missing == "guess"
        settings = (*self._resolve(), self.choose, self.frame_step, guess)
        missing = []
        for index, found in self._search_unknown(batch, search_sequence, *settings):
            results["confidence"][index] = found.confidence
            results["frame_eyes"][index] = found.frame_eyes
            if found.problem:
                missing.append((index, batch.describe(index), found.problem))
            if guess or not found.is_lost:
                results["eyes"][index] = found.eyes
        self._report_missing(missing, f"frames of {len(missing)} of {len(faces)} sequences")
        return batch.images, results

    def _resolve(self):
        """Return the detectors, in the order in which they are asked, and the landmark model."""
        detectors = default_detectors(self.detector, every_face=self.choose == "only")
        return detectors, resolve_landmark_model(self.landmark_model)

    def _search_unknown(self, batch, search, *settings):
        """Yield the index of each image without eyes, and what is found in it."""
        unknown = np.flatnonzero(~np.isfinite(batch.faces["eyes"]).all(axis=(1, 2)))
        found = Parallel(n_jobs=self.n_jobs, return_as="generator")(
            delayed(search)(batch.images[index], batch.describe(index), *settings)
            for index in unknown
        )
        silent = not self.verbose or not len(unknown)
        progress = tqdm(found, "Locating eyes", len(unknown), disable=silent)
        yield from zip(unknown, progress, strict=True)

    def _report_missing(self, missing, where):
        self.missing_ = pd.DataFrame(missing, columns=["sample", "name", "problem"])
        if not missing:
            return
        names = ", ".join(self.missing_["name"] + ": " + self.missing_["problem"])
        message = f"Found no eyes in {where} ({names})."
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


def drop_missing(faces: FaceArray, *arrays: ArrayLike) -> tuple[list[Array], Array]:
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
