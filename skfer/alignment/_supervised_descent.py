"""SupervisedDescent: facial landmarks by a cascade of linear regressions."""

from collections.abc import Sequence
from numbers import Integral, Real
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator, RegressorMixin, _fit_context
from sklearn.utils import check_random_state
from sklearn.utils._param_validation import Interval
from sklearn.utils.validation import check_is_fitted

from skfer._typing import Array, Picture, RandomState
from skfer.alignment._descent import (
    N_STAGES,
    descend,
    describe_shapes,
    fit_ridge,
    mean_error,
    reduce_picture,
    relative_to_box,
    relative_to_image,
    update_shapes,
)
from skfer.alignment._shapes import (
    apply_similarity,
    check_landmarks,
    fit_similarity,
    mean_shape,
    to_complex,
    to_points,
)
from skfer.base import TooltipMixin
from skfer.utils._validation import check_pictures

# The confidence is learned from initial shapes that are this much further off, and from others on
# faces upside down, one of each for so many of the usual ones, and from whether they arrive within
# so many sizes of the face.
_FAR = 5
_FAR_SHARE = 4
_ARRIVED = 0.1


class SupervisedDescent(TooltipMixin, RegressorMixin, BaseEstimator):
    """Landmark regressor: the Supervised Descent Method (SDM) [1]_.

    From the mean shape in the face box, each stage describes the surroundings of the current
    points by histograms of oriented gradients and adds to the points what a ridge regression has
    learned to be missing. The image is turned and scaled to the current shape at each stage, so
    that what is learned depends neither on roll nor on size.

    Parameters
    ----------
    n_stages : int, default=5
        Number of regressions, at most 5; patches shrink from stage to stage.
    n_perturbations : int, default=20
        Initial shapes drawn for each training image.
    translation : float, default=0.12
        Standard deviation of the shift of the initial shapes, in sizes of the face.
    scaling : float, default=0.12
        Standard deviation of the logarithm of their scale.
    rotation : float, default=15.0
        Standard deviation of their rotation, in degrees.
    alpha : float, default=0.005
        Ridge regularization, as a fraction of the mean squared feature times the number of
        features.
    random_state : int, RandomState instance or None, default=None
        Seed of the initial shapes.

    Attributes
    ----------
    mean_shape_ : ndarray of shape (n_points, 2)
        Mean shape about the origin, of root mean square distance 1 from it.
    box_pose_ : ndarray of shape (2, 2)
        The initial shape in a box: the scale (x and y of a complex number) and the shift, in
        widths of the box from its centre.
    coefs_ : list of ndarray of shape (72 * n_points + 1, 2 * n_points)
        Regression of each stage; the last row is the intercept.
    confidence_coef_ : ndarray of shape (72 * n_points + 1, 1)
        Regression from the features of the last stage to 1 where the shape arrived and 0 where
        it did not.

    References
    ----------
    .. [1] X. Xiong and F. De la Torre (2013). Supervised descent method and its applications to
       face alignment. CVPR, 532-539.

    Examples
    --------
    >>> from skfer.alignment import SupervisedDescent
    >>> from skfer.datasets import make_faces
    >>> data = make_faces(4, 1, random_state=0)
    >>> model = SupervisedDescent(n_stages=2, n_perturbations=3, random_state=0)
    >>> model.fit(data.images, data.landmarks).predict(data.images[:2]).shape
    (2, 68, 2)
    """

    _parameter_constraints: dict = {
        "n_stages": [Interval(Integral, 1, N_STAGES, closed="both")],
        "n_perturbations": [Interval(Integral, 1, None, closed="left")],
        "translation": [Interval(Real, 0, None, closed="left")],
        "scaling": [Interval(Real, 0, None, closed="left")],
        "rotation": [Interval(Real, 0, None, closed="left")],
        "alpha": [Interval(Real, 0, None, closed="neither")],
        "random_state": ["random_state"],
    }

    def __init__(
        self,
        *,
        n_stages: int = 5,
        n_perturbations: int = 20,
        translation: float = 0.12,
        scaling: float = 0.12,
        rotation: float = 15.0,
        alpha: float = 0.005,
        random_state: RandomState = None,
    ):
        self.n_stages = n_stages
        self.n_perturbations = n_perturbations
        self.translation = translation
        self.scaling = scaling
        self.rotation = rotation
        self.alpha = alpha
        self.random_state = random_state

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(
        self, images: Sequence[Picture], landmarks: ArrayLike, boxes: ArrayLike | None = None
    ) -> Self:
        """Learn the mean shape and the regressions.

        Parameters
        ----------
        images : sequence of ndarray of shape (height, width) or (height, width, 3), or paths
            Photographs or crops.
        landmarks : array-like of shape (n_images, n_points, 2)
            Points (x, y) in pixels.
        boxes : array-like of shape (n_images, 4), default=None
            Face boxes: left edge, upper edge, width and height; None takes the whole images.

        Returns
        -------
        self : object
            The fitted regressor.

        Raises
        ------
        ValueError
            If the shapes do not fit, or points or boxes are not finite.
        """
        batch = check_pictures(self, images)
        shapes = check_landmarks(landmarks, len(batch.images))
        boxes = _check_boxes(batch, boxes)
        rng = check_random_state(self.random_state)
        mean = mean_shape(shapes)
        poses = np.stack(fit_similarity(np.broadcast_to(mean, shapes.shape), shapes), axis=1)
        box_pose = np.mean(relative_to_box(poses, boxes), axis=0)
        self.mean_shape_ = to_points(mean)
        self.box_pose_ = to_points(box_pose)
        owner = np.repeat(np.arange(len(shapes)), self.n_perturbations)
        truth, current = shapes[owner], self._draw_initial_shapes(poses[owner], rng)
        pictures = [
            reduce_picture(batch.decode(index), abs(pose[0])) for index, pose in enumerate(poses)
        ]
        self.coefs_ = []
        for stage in range(self.n_stages):
            to_mean = fit_similarity(current, mean[None])
            features = describe_shapes(pictures, owner, current, to_mean, stage, mean)
            missing = apply_similarity(to_mean, truth) - apply_similarity(to_mean, current)
            targets = to_points(missing).reshape(len(owner), -1).astype(np.float32)
            self.coefs_.append(fit_ridge(features, targets, self.alpha))
            current = update_shapes(current, to_mean, features @ self.coefs_[-1])
        self.confidence_coef_ = self._fit_confidence(
            pictures, shapes, poses, features, mean_error(current, truth), rng
        )
        return self

    def predict(
        self,
        images: Sequence[Picture],
        boxes: ArrayLike | None = None,
        *,
        return_confidence: bool = False,
    ) -> Array | Any:
        """Locate the landmarks.

        Parameters
        ----------
        images : sequence of ndarray of shape (height, width) or (height, width, 3), or paths
            Photographs or crops.
        boxes : array-like of shape (n_images, 4), default=None
            Face boxes: left edge, upper edge, width and height; None takes the whole images.
        return_confidence : bool, default=False
            Return the confidence as well.

        Returns
        -------
        landmarks : ndarray of shape (n_images, n_points, 2)
            Points (x, y) in pixels.
        confidence : ndarray of shape (n_images,)
            From 0 to 1: how much the surroundings of the points look like those of points that
            lie right; only if `return_confidence`.
        """
        check_is_fitted(self)
        batch = check_pictures(self, images)
        boxes = _check_boxes(batch, boxes)
        mean, box_pose = to_complex(self.mean_shape_), to_complex(self.box_pose_)
        poses = relative_to_image(box_pose, boxes)
        located = np.empty((len(boxes), *self.mean_shape_.shape))
        confidence = np.empty(len(boxes))
        for index, pose in enumerate(poses):
            picture = reduce_picture(batch.decode(index), abs(pose[0]))
            start = apply_similarity(pose, mean)[None]
            shapes, features = descend([picture], [0], start, mean, self.coefs_)
            located[index] = to_points(shapes[0])
            if return_confidence:
                confidence[index] = np.clip(features @ self.confidence_coef_, 0, 1)[0, 0]
        return (located, confidence) if return_confidence else located

    def score(
        self, images: Sequence[Picture], landmarks: ArrayLike, boxes: ArrayLike | None = None
    ) -> float:
        """Return minus the mean distance to the true points, in sizes of the face.

        Parameters
        ----------
        images : sequence of ndarray or paths
            Photographs or crops.
        landmarks : array-like of shape (n_images, n_points, 2)
            True points (x, y) in pixels.
        boxes : array-like of shape (n_images, 4), default=None
            Face boxes; None takes the whole images.

        Returns
        -------
        score : float
            At most 0; higher is better.
        """
        truth = check_landmarks(landmarks, len(images))
        found = to_complex(self.predict(images, boxes))
        return float(-np.mean(mean_error(found, truth)))

    def _fit_confidence(self, pictures, shapes, poses, features, errors, rng):
        """Learn to tell shapes that arrived from those that started too far off or upside down."""
        owner = np.repeat(np.arange(len(shapes)), max(1, self.n_perturbations // _FAR_SHARE))
        mean = to_complex(self.mean_shape_)
        far_start = self._draw_initial_shapes(poses[owner], rng, _FAR)
        far, far_features = descend(pictures, owner, far_start, mean, self.coefs_)
        # An upright shape, well placed on a face that stands on its head.
        heights = np.array([len(picture) / scale for picture, scale in pictures])
        centres = poses[:, 1].conj() + 1j * (heights - 1)
        flipped_poses = np.stack([poses[:, 0], centres], axis=1)[owner]
        flipped_pictures = [(np.ascontiguousarray(picture[::-1]), s) for picture, s in pictures]
        start = self._draw_initial_shapes(flipped_poses, rng)
        _, flipped_features = descend(flipped_pictures, owner, start, mean, self.coefs_)
        far_errors = mean_error(far, shapes[owner])
        errors = np.concatenate([errors, far_errors, np.full(len(owner), np.inf)])
        arrived = (errors <= _ARRIVED).astype(np.float32)[:, None]
        return fit_ridge(
            np.concatenate([features, far_features, flipped_features]), arrived, self.alpha
        )

    def _draw_initial_shapes(self, poses, rng, spread=1):
        noise = spread * rng.standard_normal((4, len(poses)))
        a = poses[:, 0] * np.exp(
            self.scaling * noise[0] + 1j * np.radians(self.rotation) * noise[1]
        )
        b = poses[:, 1] + self.translation * np.abs(poses[:, 0]) * (noise[2] + 1j * noise[3])
        return apply_similarity((a, b), to_complex(self.mean_shape_)[None])

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = False
        tags.input_tags.three_d_array = True
        tags.target_tags.multi_output = True
        return tags


def _check_boxes(batch, boxes):
    n_images = len(batch.images)
    if boxes is None:
        shapes = [batch.decode(index).shape for index in range(n_images)]
        return np.array([[0, 0, width, height] for height, width in shapes], dtype=float)
    boxes = np.asarray(boxes, dtype=float)
    if boxes.shape != (n_images, 4):
        raise ValueError(f"boxes has shape {boxes.shape}; expected ({n_images}, 4).")
    bad = np.flatnonzero(~(np.isfinite(boxes).all(axis=1) & (boxes[:, 2:] > 0).all(axis=1)))
    if len(bad):
        raise ValueError(f"The box of image {bad[0]} is {boxes[bad[0]]}; it has no size.")
    return boxes
