"""EyeJitterSampler: more training faces from noise on the eye centres."""

from numbers import Integral, Real

import numpy as np
from imblearn.base import BaseSampler
from imblearn.utils import check_target_type
from scipy.stats import truncnorm
from sklearn.utils import check_random_state
from sklearn.utils._param_validation import Interval

from skfer._typing import RandomState, Shape
from skfer.alignment._geometry import (
    check_eyes,
    eye_transforms,
    pixel_aspect,
    template_eyes,
    warp_affine,
)
from skfer.base import TooltipMixin
from skfer.faces import with_fields
from skfer.utils import check_images, restore_layout


class EyeJitterSampler(TooltipMixin, BaseSampler):
    """Add copies of each training face with Gaussian noise on its eye centres.

    A step of an imbalanced-learn pipeline, before the :class:`~skfer.alignment.FaceAligner`: the
    noise on the eyes becomes a small rotation, shift and change of scale of the aligned face
    (Lopes et al. 2017 [1]_, section 3.1; 70 copies in the C-SPP paper, section 4.1). It acts in
    ``fit`` only. Faces that are aligned already are warped at once: rows and stacks always, face
    arrays with ``aligned=True``. Where their eyes are unknown, they are taken to be where the crop
    of Lopes et al. has them.

    Parameters
    ----------
    n_copies : int, default=70
        Copies made of each face, beside the original.
    sigma : float, default=0.03
        Standard deviation of the noise along each axis of each eye, as a fraction of the distance
        between the eyes, below 1/6. Draws beyond three deviations are excluded, so that eyes never
        change sides.
    aligned : bool, default=False
        Whether the faces of a face array are aligned, and no FaceAligner follows.
    image_shape : tuple of (int, int), default=None
        Height and width of images given as flattened rows; None takes them as squares.
    random_state : int, RandomState instance or None, default=None
        Seed of the noise.

    Attributes
    ----------
    sample_indices_ : ndarray of shape (n_faces * (1 + n_copies),)
        The face each row came from: all originals first, then the copies.
    n_features_in_ : int
        Number of pixels, unless the images are of any size.
    image_shape_ : tuple of (int, int)
        Height and width of the images, under the same condition.
    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of the columns, if X is a DataFrame.

    References
    ----------
    .. [1] Lopes, A. T., de Aguiar, E., De Souza, A. F. and Oliveira-Santos, T. (2017). Facial
       expression recognition with convolutional neural networks: coping with few data and the
       training sample order. Pattern Recognition, 61, 610-628.

    Examples
    --------
    >>> from skfer.augmentation import EyeJitterSampler
    >>> from skfer.datasets import make_faces
    >>> X, y, subjects = make_faces(2, 1, random_state=0, return_X_y=True)
    >>> X_more, y_more = EyeJitterSampler(n_copies=3, random_state=0).fit_resample(X, y)
    >>> len(X), len(X_more)
    (12, 48)
    """

    _sampling_type = "bypass"

    _parameter_constraints: dict = {
        "n_copies": [Interval(Integral, 0, None, closed="left")],
        "sigma": [Interval(Real, 0, 1 / 6, closed="left")],
        "aligned": ["boolean"],
        "image_shape": [tuple, list, None],
        "random_state": ["random_state"],
    }

    def __init__(
        self,
        n_copies: int = 70,
        *,
        sigma: float = 0.03,
        aligned: bool = False,
        image_shape: Shape | None = None,
        random_state: RandomState = None,
    ):
        super().__init__()
        self.n_copies = n_copies
        self.sigma = sigma
        self.aligned = aligned
        self.image_shape = image_shape
        self.random_state = random_state

    def _check_X_y(self, X, y):
        y, binarize_y = check_target_type(y, indicate_one_vs_all=True)
        batch = check_images(self, X, y, any_size=not self.aligned)
        if isinstance(X, list) and batch.faces is not None:
            raise ValueError("A list cannot hold the new eyes; give make_face_array(X).")
        return batch, batch.y, binarize_y

    def _fit_resample(self, X, y):
        n_faces = len(X.images)
        self.sample_indices_ = np.tile(np.arange(n_faces), 1 + self.n_copies)
        rng = check_random_state(self.random_state)
        if X.faces is None:
            return restore_layout(X, self._warp(X.images, None, rng)[0]), y[self.sample_indices_]
        more = X.faces[self.sample_indices_]
        if self.aligned:
            images, eyes = self._warp(X.images, X.faces["eyes"], rng)
            return with_fields(more, image=images, eyes=eyes), y[self.sample_indices_]
        check_eyes(X.faces["eyes"], X.describe)
        more["eyes"][n_faces:] = jitter_eyes(more["eyes"][n_faces:], self.sigma, rng)
        return more, y[self.sample_indices_]

    def _warp(self, images, eyes, rng):
        """Return the images and their warped copies, and the eyes of both."""
        shape, n_faces = images.shape[1:], len(images)
        images, copies = images[self.sample_indices_], slice(n_faces, None)
        nominal = np.broadcast_to(template_eyes(shape), (len(images), 2, 2))
        eyes = nominal if eyes is None else eyes[self.sample_indices_]
        known = np.isfinite(eyes).all(axis=(1, 2), keepdims=True)
        around = np.where(known, eyes, nominal)[copies]
        transforms = jitter_transforms(around, shape, shape, self.sigma, rng)
        for row, transform in enumerate(transforms, n_faces):
            images[row] = warp_affine(images[row], transform, shape)
        moved = eyes[copies] @ transforms[:, :, :2].transpose(0, 2, 1) + transforms[:, None, :, 2]
        return images, np.concatenate([eyes[:n_faces], moved])

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.three_d_array = True
        tags.input_tags.sparse = False
        tags.sampler_tags.sample_indices = True
        return tags


def jitter_eyes(eyes, sigma, random_state=None):
    """Move eyes (n_faces, 2, 2) by Gaussian noise of `sigma` eye distances, cut off at three."""
    noise = truncnorm.rvs(-3, 3, size=eyes.shape, random_state=random_state)
    distance = np.hypot(*(eyes[:, 1] - eyes[:, 0]).T)
    return eyes + sigma * distance[:, None, None] * noise


def jitter_transforms(eyes, image_shape, output_size, sigma, random_state=None):
    """Draw the transforms (n_faces, 2, 3) that noise on the eyes would make at the alignment.

    They take aligned images with `eyes` (n_faces, 2, 2) to crops of the geometry of Lopes et al.;
    without noise, the centre is cropped.
    """
    # The noise is the same in all directions on the face, not in the squeezed crop.
    stretch = np.diag([1.0, pixel_aspect(output_size)])
    eyes = np.asarray(eyes) @ stretch
    still = eye_transforms(eyes, output_size)
    moved = eye_transforms(jitter_eyes(eyes, sigma, random_state), output_size)
    back = np.linalg.inv(still[:, :, :2] @ stretch)
    linear = back @ moved[:, :, :2] @ stretch
    margin = np.subtract(image_shape, output_size)[::-1, None] / 2
    shift = back @ (moved - still)[:, :, 2:] - margin
    return np.concatenate([linear, shift], axis=2)
