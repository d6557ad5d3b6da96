"""The descriptors as loops over faces with the functions of OpenCV and scikit-image."""

import cv2
import numpy as np
from scipy import ndimage


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


def gabor_with_scipy(image, kernels):
    """Convolve a float32 image by each kernel, as scikit-image does with its own."""
    conjugates = kernels.conj()  # a convolution turns the kernel round
    magnitudes = np.empty((*kernels.shape[:2], *image.shape), np.float32)
    for index in np.ndindex(kernels.shape[:2]):
        real, imaginary = (
            ndimage.convolve(image, part, mode="nearest")
            for part in (conjugates[index].real, conjugates[index].imag)
        )
        magnitudes[index] = np.hypot(real, imaginary)
    return magnitudes


def gabor_with_scikit_image(image, wavelengths, n_orientations, sigma):
    """Filter a float32 image by scikit-image's own kernels, which know no constant."""
    from skimage.filters import gabor

    magnitudes = np.empty((len(wavelengths), n_orientations, *image.shape), np.float32)
    for scale, orientation in np.ndindex(magnitudes.shape[:2]):
        deviation = sigma * wavelengths[scale] / (2 * np.pi)
        magnitudes[scale, orientation] = np.hypot(
            *gabor(
                image,
                1 / wavelengths[scale],
                theta=np.pi * orientation / n_orientations,
                sigma_x=deviation,
                sigma_y=deviation,
                mode="nearest",
            )
        )
    return magnitudes


def gabor_features(magnitudes, grid_size=12):
    """Average magnitudes over a grid of whole pixels and divide by the root mean square."""
    *bank, height, width = magnitudes.shape
    cells = (grid_size, height // grid_size, grid_size, width // grid_size)
    means = magnitudes.reshape(*bank, *cells).mean(axis=(-3, -1))
    rms = np.sqrt(np.square(means).mean(axis=(-2, -1), keepdims=True))
    return (means / np.maximum(rms, 1e-3)).ravel()


def standardize(image):
    """Bring an image to mean 0 and variance 1, float32."""
    return ((image - image.mean()) / image.std()).astype(np.float32)


def hog_with_scikit_image(image):
    """Describe by cells of 8 pixels, blocks of 2 cells and 9 bins, in the order of OpenCV."""
    from skimage.feature import hog

    blocks = hog(
        image, pixels_per_cell=(8, 8), cells_per_block=(2, 2), block_norm="L2-Hys", feature_vector=0
    )
    return blocks.transpose(1, 0, 3, 2, 4).ravel()


def lbp_with_scikit_image(image, n_rows=7, n_columns=6, radius=2):
    """Count uniform patterns over a grid of regions, with replicated borders."""
    from skimage.feature import local_binary_pattern

    padded = np.pad(image, radius, mode="edge")
    labels = local_binary_pattern(padded, 8, radius, "nri_uniform")
    labels = labels[radius:-radius, radius:-radius].astype(int)
    row = np.arange(image.shape[0]) * n_rows // image.shape[0]
    column = np.arange(image.shape[1]) * n_columns // image.shape[1]
    features = []
    for region in np.ndindex(n_rows, n_columns):
        inside = labels[row == region[0]][:, column == region[1]]
        features.append(np.bincount(inside.ravel(), minlength=59) / inside.size)
    return np.ravel(features)


def phog_with_scikit_image(image, n_orientations=20, n_levels=3):
    """Compute the nearest thing there: histograms of all pixels over 1, 4 and 16 cells."""
    from skimage.feature import hog

    features = []
    for level in range(n_levels):
        cell = tuple(side // 2**level for side in image.shape)
        features.append(hog(image, n_orientations, cell, cells_per_block=(1, 1)))
    return np.concatenate(features)
