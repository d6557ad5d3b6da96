"""RandomAffine and EyeJitter: fresh warps for the faces of each batch of a network."""

from abc import ABC, abstractmethod
from numbers import Real

import numpy as np
from sklearn.base import BaseEstimator, clone
from sklearn.utils._param_validation import Interval

from skfer.alignment._geometry import template_eyes
from skfer.augmentation._eye_jitter import jitter_transforms
from skfer.base import TooltipMixin

_NOT_NEGATIVE = [Interval(Real, 0, None, closed="left")]


class BatchAugmentation(TooltipMixin, BaseEstimator, ABC):
    """Base: exchange halves, draw a transform per image, mirror some, warp, vary the brightness."""

    _needs_eyes = False
    _deviations: tuple[str, ...]  # of the warps, all 0 for none
    _parameter_constraints: dict = {
        "flip": ["boolean"],
        "brightness": _NOT_NEGATIVE,
        "exchange": [Interval(Real, 0, 1, closed="both")],
    }

    def __call__(
        self, images, output_size, *, generator, random_state=None, eyes=None, partners=None
    ):
        """Warp a batch of images.

        Parameters
        ----------
        images : Tensor of shape (n_images, 1, height, width)
            Grey images, float.
        output_size : tuple of (int, int)
            Height and width of the result; a warp that moves nothing takes the centre.
        generator : torch.Generator
            Source of randomness, on the device of the images.
        random_state : int, RandomState instance or None, default=None
            Source of the noise on the eyes.
        eyes : ndarray of shape (n_images, 2, 2), default=None
            Eye centres (x, y) in the images; None takes those of an aligned face in the centre.
        partners : Tensor of shape (n_images, 1, height, width), default=None
            Another face of the same expression for each image; None exchanges nothing.

        Returns
        -------
        warped : Tensor of shape (n_images, 1, output_height, output_width)
            The warped images.
        """
        from skfer.augmentation import _warps  # here, so that the package stays without torch

        if self.exchange and partners is not None:
            images = _warps.exchange_halves(images, partners, self.exchange, generator)
        transforms = self._draw(images, output_size, generator, random_state, eyes)
        if self.flip:
            transforms = _warps.mirror_half(transforms, output_size[1], generator)
        images = _warps.sample_affine(images, transforms, output_size)
        if self.brightness:
            images = _warps.vary_brightness(images, self.brightness, generator)
        return images

    def _without_warps(self):
        """Copy the augmentation; the copy does all but warp."""
        copy = clone(self)
        for name in self._deviations:  # a subclass may have them without such parameters
            setattr(copy, name, 0.0)
        return copy

    @abstractmethod
    def _draw(self, images, output_size, generator, random_state, eyes):
        """Draw transforms from image to output, a float64 Tensor of shape (n_images, 2, 3)."""


class RandomAffine(BatchAugmentation):
    """Rotate, shift, scale and mirror each face of a batch by chance.

    The `augmentation` of a :class:`~skfer.classifiers.NetworkClassifier`; it acts in ``fit`` only.

    Parameters
    ----------
    rotation : float, default=2.5
        Standard deviation of the angle in degrees.
    translation : float, default=0.015
        Standard deviation of the shift along each axis, as a fraction of the output.
    scaling : float, default=0.025
        Standard deviation of the relative change of size.
    flip : bool, default=True
        Mirror half of the faces.
    brightness : float, default=0.0
        Standard deviation of a factor on the brightness of each face. Local contrast normalization
        inside the network takes it out again.
    exchange : float, default=0.0
        Share of the faces whose lower half is that of another subject with the same expression,
        where there is one, so that brows and mouth are not always those of one person. The faces
        must be aligned.

    See Also
    --------
    EyeJitter : Warps by noise on the eye centres.

    Examples
    --------
    >>> import torch
    >>> from skfer.augmentation import RandomAffine
    >>> warp = RandomAffine(rotation=8.0)
    >>> warp(torch.rand(4, 1, 60, 60), (48, 48), generator=torch.Generator().manual_seed(0)).shape
    torch.Size([4, 1, 48, 48])
    """

    _deviations = ("rotation", "translation", "scaling")
    _parameter_constraints: dict = {
        **BatchAugmentation._parameter_constraints,
        "rotation": _NOT_NEGATIVE,
        "translation": _NOT_NEGATIVE,
        "scaling": _NOT_NEGATIVE,
    }

    def __init__(
        self,
        rotation: float = 2.5,
        translation: float = 0.015,
        scaling: float = 0.025,
        *,
        flip: bool = True,
        brightness: float = 0.0,
        exchange: float = 0.0,
    ):
        self.rotation = rotation
        self.translation = translation
        self.scaling = scaling
        self.flip = flip
        self.brightness = brightness
        self.exchange = exchange

    def _draw(self, images, output_size, generator, random_state, eyes):
        from skfer.augmentation import _warps

        deviations = (self.rotation, self.translation, self.scaling)
        return _warps.random_affine(images, output_size, *deviations, generator)


class EyeJitter(BatchAugmentation):
    """Warp each face of a batch as noise on its eye centres would at the alignment.

    Without `flip`, of the distribution of :class:`EyeJitterSampler` before a
    :class:`~skfer.alignment.FaceAligner`. The `augmentation` of a
    :class:`~skfer.classifiers.NetworkClassifier`; it acts in ``fit`` only.

    Parameters
    ----------
    sigma : float, default=0.03
        Standard deviation of the noise, as a fraction of the distance between the eyes. Draws
        beyond three deviations are excluded; below 1/6, so that eyes never change sides.
    flip : bool, default=True
        Mirror half of the faces.
    brightness : float, default=0.0
        Standard deviation of a factor on the brightness of each face. Local contrast normalization
        inside the network takes it out again.
    exchange : float, default=0.0
        Share of the faces whose lower half is that of another subject with the same expression,
        where there is one, so that brows and mouth are not always those of one person. The faces
        must be aligned.

    See Also
    --------
    EyeJitterSampler : The same noise as a step of a pipeline.

    Examples
    --------
    >>> import torch
    >>> from skfer.augmentation import EyeJitter
    >>> generator = torch.Generator().manual_seed(0)
    >>> warp = EyeJitter(sigma=0.05)
    >>> warp(torch.rand(4, 1, 60, 60), (48, 48), generator=generator, random_state=0).shape
    torch.Size([4, 1, 48, 48])
    """

    _needs_eyes = True
    _deviations = ("sigma",)
    _parameter_constraints: dict = {
        **BatchAugmentation._parameter_constraints,
        "sigma": [Interval(Real, 0, 1 / 6, closed="left")],
    }

    def __init__(
        self,
        sigma: float = 0.03,
        *,
        flip: bool = True,
        brightness: float = 0.0,
        exchange: float = 0.0,
    ):
        self.sigma = sigma
        self.flip = flip
        self.brightness = brightness
        self.exchange = exchange

    def _draw(self, images, output_size, generator, random_state, eyes):
        import torch

        shape = tuple(images.shape[2:])
        if eyes is None:
            margin = np.subtract(shape, output_size)[::-1] / 2
            eyes = np.broadcast_to(template_eyes(output_size) + margin, (len(images), 2, 2))
        transforms = jitter_transforms(eyes, shape, output_size, self.sigma, random_state)
        return torch.from_numpy(transforms).to(images.device)
