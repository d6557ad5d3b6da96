"""A bank of Gabor filters as products of small matrices."""

import numpy as np
from sklearn.utils import gen_even_slices

# Beyond six deviations a Gaussian no longer changes a sum in float32, and would in the end become
# subnormal numbers, which processors multiply many times slower.
MAX_DEVIATIONS = 6
# Responses are computed in blocks, each from the pixels in reach of its kernels only: the work
# grows with the area of an image and stays in cache, and no product of matrices has more
# multiplications than OpenBLAS does in one thread. Its own threads would fight those of `n_jobs`.
MAX_PRODUCT = 2**18


class GaborBank:
    r"""Gabor filters for images of one size, whose borders are replicated.

    With the wave vector :math:`\mathbf{k}` of length :math:`2 \pi / \lambda`, a kernel is
    :math:`g(\mathbf{z}) (e^{i \mathbf{k} \cdot \mathbf{z}} - c)`: :math:`g` is a Gaussian of sum 1
    with deviation `sigma` in radians of the wave, cut at three deviations of the longest wave, and
    :math:`c` makes the kernel blind to a constant. An undamped wave of amplitude 1 gets a response
    of magnitude 1/2 from its own kernel. `wavelengths` are in pixels; the wave vector turns from
    the x axis towards the y axis, which points down, in steps of 180 degrees / `n_orientations`.

    Both parts are a factor in x times a factor in y, so that a response is a product of matrices:
    factors in y, image, factors in x. Orientations that mirror each other share these products.
    """

    def __init__(self, wavelengths, n_orientations, sigma, image_shape):
        self.shape = len(wavelengths), n_orientations
        reach = int(np.ceil(3 * sigma * max(wavelengths) / (2 * np.pi)))
        # The rest of the half circle mirrors these.
        angles = np.pi / n_orientations * np.arange(n_orientations // 2 + 1)
        self.scales = [_Scale(length, angles, sigma, reach, image_shape) for length in wavelengths]

    def grid_means(self, images, over_rows, over_columns):
        """Take images to means of their magnitudes over the cells of a grid.

        `over_rows` (n_rows, height) and `over_columns` (width, n_columns) are the weights; the
        means have shape (n_images, n_scales, n_orientations, n_rows, n_columns).
        """
        grid = len(over_rows), over_columns.shape[1]
        means = np.zeros((len(images), *self.shape, *grid), np.float32)
        for index, scale in enumerate(self.scales):
            for rows, columns, magnitudes in scale.respond(images, self.shape[1]):
                means[:, index] += over_rows[:, rows] @ magnitudes @ over_columns[columns]
        return means


class _Scale:
    """The filters of one wavelength."""

    def __init__(self, wavelength, angles, sigma, reach, image_shape):
        wave_number, deviation = 2 * np.pi / wavelength, sigma * wavelength / (2 * np.pi)
        reach = min(reach, int(np.ceil(MAX_DEVIATIONS * deviation)))
        offsets = np.arange(-reach, reach + 1)
        envelope = np.exp(-(offsets**2) / (2 * deviation**2))
        envelope /= envelope.sum()
        # The last factor is the envelope itself, a wave of number 0. Rounded, so that where a wave
        # is 0 no noise is left, whose products would be subnormal too.
        in_x, in_y = (
            envelope * np.exp(1j * np.outer([*(wave_number * part), 0], offsets)).round(12)
            for part in (np.cos(angles), np.sin(angles))
        )
        # Summed, not the closed form exp(-sigma^2/2), which leaves a rest on sampled kernels.
        constants = (in_x.sum(axis=1) * in_y.sum(axis=1)).real[:-1]
        self.constants = constants.astype(np.float32)[:, None, None]
        height, width = image_shape
        size = _block_size(reach, max(image_shape))
        # All matrices are real: those in x give real and imaginary parts side by side, those in y
        # are the real part of the factor, even in y, and the imaginary part, which is odd.
        self.columns = [
            (seen, block, np.ascontiguousarray(matrices.swapaxes(1, 2)).view(np.float32))
            for seen, block, matrices in _blocks(in_x, width, size)
        ]
        self.rows = [
            (seen, block, np.stack([matrices.real, matrices.imag]))
            for seen, block, matrices in _blocks(in_y, height, size)
        ]

    def respond(self, images, n_orientations):
        """Yield the rows and columns of each block, and its magnitudes of each orientation."""
        mirrored = slice(1, 1 + (n_orientations - 1) // 2)
        n_images, height, _ = images.shape
        for seen, columns, over_columns in self.columns:
            n_factors, _, n_parts = over_columns.shape
            filtered = np.empty((n_images, 1, n_factors, height, n_parts), np.float32)
            for _, rows, _ in self.rows:
                lines = images[:, None, None, rows, seen]
                np.matmul(lines, over_columns, out=filtered[..., rows, :])
            for seen_rows, rows, over_rows in self.rows:
                responses = over_rows @ filtered[..., seen_rows, :]
                responses[:, 0, :-1] -= self.constants * responses[:, 0, -1:]
                even, odd = responses[:, :, :-1].view(np.complex64).swapaxes(0, 1)
                odd *= 1j
                magnitudes = np.empty((n_images, n_orientations, *even.shape[2:]), np.float32)
                n_even = even.shape[1]
                np.abs(even + odd, out=magnitudes[:, :n_even])
                np.abs(even[:, mirrored] - odd[:, mirrored], out=magnitudes[:, : n_even - 1 : -1])
                yield rows, columns, magnitudes


def _block_size(reach, n_pixels):
    """Largest side of a block whose products, complex in one factor, stay below the limit."""
    size = 1
    while 2 * (size + 1) ** 2 * min(n_pixels, size + 1 + 2 * reach) <= MAX_PRODUCT:
        size += 1
    return size


def _blocks(kernels, n_pixels, size):
    """Cut one axis in blocks: the pixels seen, the pixels answered, and matrices (answered, seen).

    The matrices correlate a line with kernels (n_kernels, 2 * reach + 1). What a kernel has beyond
    the border goes to the border pixel, which is what replicates it.
    """
    reach = kernels.shape[1] // 2
    for answered in gen_even_slices(n_pixels, -(-n_pixels // size)):
        start, stop = answered.start, answered.stop
        n_rows = stop - start
        padded = np.pad(kernels, [(0, 0), (n_rows - 1, n_rows - 1)])
        shifted = np.lib.stride_tricks.sliding_window_view(padded, n_rows + 2 * reach, axis=1)
        shifted = shifted[:, ::-1]
        seen = slice(max(0, start - reach), min(n_pixels, stop + reach))
        before, after = seen.start - (start - reach), seen.stop - (start - reach)
        matrices = shifted[:, :, before:after].astype(np.complex64)
        matrices[..., 0] += shifted[:, :, :before].sum(axis=2)
        matrices[..., -1] += shifted[:, :, after:].sum(axis=2)
        yield seen, answered, matrices
