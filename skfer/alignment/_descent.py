"""The steps of a supervised descent: the features of a stage, its regression and its shapes."""

import numpy as np
from scipy.linalg import cho_factor, cho_solve

from skfer.alignment._patch_features import N_PATCH_FEATURES, describe_patches
from skfer.alignment._shapes import (
    apply_similarity,
    fit_similarity,
    invert_similarity,
    similarity_matrix,
    to_complex,
    to_points,
)
from skfer.utils._opencv import cv2

# From stage to stage more pixels for the size of a face (the root mean square distance of its
# points from their centre) and smaller cells, as fractions of that size.
_RESOLUTIONS = (16, 22, 28, 34, 40)
_CELLS = (0.30, 0.22, 0.16, 0.12, 0.09)
N_STAGES = len(_CELLS)


def relative_to_box(poses, boxes):
    """Return the poses, in pixels, as fractions of the widths of the boxes, from their centres."""
    centre, width = _box_frame(boxes)
    return np.stack([poses[:, 0] / width, (poses[:, 1] - centre) / width], axis=1)


def relative_to_image(box_pose, boxes):
    """Return the pose of each box in pixels."""
    centre, width = _box_frame(boxes)
    return np.stack([box_pose[0] * width, box_pose[1] * width + centre], axis=1)


def _box_frame(boxes):
    return to_complex(boxes[:, :2] + boxes[:, 2:] / 2), boxes[:, 2]


def reduce_picture(grey, face_size):
    """Shrink an image to about the resolution of the last stage; return it and its scale."""
    # A whole factor, because OpenCV averages whole pixels many times faster.
    factor = int(face_size / (1.2 * _RESOLUTIONS[-1]))
    if factor < 2:
        return grey.astype(np.float32, copy=False), 1.0
    scale = 1 / factor
    small = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    return small.astype(np.float32, copy=False), scale


def descend(pictures, owner, shapes, mean, coefs):
    """Run all stages; return the shapes and the features of the last stage.

    The owner of a shape is the index of its picture, which goes with its scale.
    """
    for stage, coef in enumerate(coefs):
        to_mean = fit_similarity(shapes, mean[None])
        features = describe_shapes(pictures, owner, shapes, to_mean, stage, mean)
        shapes = update_shapes(shapes, to_mean, features @ coef)
    return shapes, features


def describe_shapes(pictures, owner, shapes, to_mean, stage, mean):
    """Describe the surroundings of each shape in its picture."""
    features = np.empty((len(owner), N_PATCH_FEATURES * len(mean) + 1), np.float32)
    for row, image in enumerate(owner):
        similarity = to_mean[0][row], to_mean[1][row]
        features[row] = _describe(*pictures[image], shapes[row], similarity, stage, mean)
    return features


def _describe(picture, scale, shape, to_mean, stage, mean):
    """Describe the image around a shape, turned and scaled to the mean shape; append the 1."""
    resolution = _RESOLUTIONS[stage]
    margin = 2 * _CELLS[stage]  # half a patch, and as much as a point may be off
    low = np.array([mean.real.min(), mean.imag.min()]) - margin
    high = np.array([mean.real.max(), mean.imag.max()]) + margin
    size = tuple(int(side) for side in np.ceil((high - low) * resolution))
    a, b = to_mean
    # From pixels of the reduced picture, whose centres lie half a pixel in, to those of the crop.
    half = (0.5 + 0.5j) * (1 / scale - 1)
    similarity = resolution * a / scale, resolution * (a * half + b - complex(*low))
    crop = cv2.warpAffine(
        picture, similarity_matrix(similarity), size, borderMode=cv2.BORDER_REPLICATE
    )
    places = to_points((a * shape + b - complex(*low)) * resolution)
    cell = 2 * round((_CELLS[stage] * resolution - 1) / 2) + 1
    return np.append(describe_patches(crop, places, cell), np.float32(1))


def update_shapes(shapes, to_mean, steps):
    """Add steps, given in the frame of the mean shape, to shapes of the image."""
    steps = steps.reshape(*shapes.shape, 2)
    aligned = apply_similarity(to_mean, shapes) + to_complex(steps)
    return apply_similarity(invert_similarity(to_mean), aligned)


def mean_error(found, truth):
    """Return the mean distance of points, in sizes of the face, for each shape."""
    size = np.sqrt(np.mean(np.abs(truth - truth.mean(axis=1, keepdims=True)) ** 2, axis=1))
    return np.mean(np.abs(found - truth), axis=1) / size


def fit_ridge(features, targets, alpha):
    """Return the coefficients of a ridge regression without intercept."""
    gram = features.T @ features
    gram[np.diag_indices_from(gram)] += alpha * np.trace(gram) / len(gram)
    return cho_solve(cho_factor(gram, overwrite_a=True), features.T @ targets)
