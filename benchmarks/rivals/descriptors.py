"""The descriptors as loops over faces with the functions of OpenCV and scikit-image."""

import numpy as np

from skfer.utils._opencv import cv2


def gabor_kernels(wavelengths, n_orientations, sigma):
    """Sample the kernels of GaborDescriptor, complex (n_scales, n_orientations, size, size)."""
    wavelengths = np.asarray(wavelengths, dtype=float)[:, None, None, None]
    radius = int(np.ceil(3 * sigma * wavelengths.max() / (2 * np.pi)))
    y, x = np.mgrid[-radius : radius + 1, -radius : radius + 1]
    angle = (np.pi / n_orientations * np.arange(n_orientations))[:, None, None]
    wave_number = 2 * np.pi / wavelengths
    envelope = np.exp(-(wave_number**2) * (x**2 + y**2) / (2 * sigma**2))
    envelope /= envelope.sum(axis=(-2, -1), keepdims=True)
    wave = np.exp(1j * wave_number * (x * np.cos(angle) + y * np.sin(angle)))
    constant = (envelope * wave).sum(axis=(-2, -1), keepdims=True)
    return (envelope * (wave - constant)).astype(np.complex64)


def gabor_with_opencv(image, kernels):
    """Filter a float32 image by each kernel; magnitudes (n_scales, n_orientations, *shape)."""
    magnitudes = np.empty((*kernels.shape[:2], *image.shape), np.float32)
    for index in np.ndindex(kernels.shape[:2]):
        real, imaginary = (
            cv2.filter2D(image, -1, np.ascontiguousarray(part), borderType=cv2.BORDER_REPLICATE)
            for part in (kernels[index].real, kernels[index].imag)
        )
        cv2.magnitude(real, imaginary, magnitudes[index])
    return magnitudes
