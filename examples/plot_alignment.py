"""
From a photograph to an aligned face
====================================

Faces in photographs are tilted, shifted and of different sizes. The alignment finds the eyes and
brings them to the same two places by one rotation, one crop and one change of size. Afterwards a
pixel shows the same part of every face, and the mean of many faces is sharp.
"""

# %%
# Photographs of tilted heads
# ---------------------------
# The faces are synthetic. Each photograph is turned by up to 20 degrees, as a head would be.
import matplotlib.pyplot as plt
import numpy as np
from scipy.ndimage import rotate

from skfer.alignment import LOPES_CROP, EyeLocator, FaceAligner
from skfer.datasets import make_faces

images = make_faces(30, 1, expressions=("neutral",), image_size=(144, 144), random_state=1).images
angles = np.random.default_rng(0).uniform(-20, 20, len(images))
photographs = np.stack(
    [
        rotate(image, angle, reshape=False, order=1, mode="nearest")
        for image, angle in zip(images, angles, strict=True)
    ]
)

# %%
# Eyes, rotation, crop
# --------------------
# :class:`~skfer.alignment.EyeLocator` adds the eye centres to the photographs.
# :class:`~skfer.alignment.FaceAligner` does the rest in one warp. To show its steps,
# ``crop=None`` rotates the whole picture, and the frame marks what the crop will keep.
located = EyeLocator(on_missing="guess").fit_transform(photographs)
upright = FaceAligner((144, 144), crop=None).fit_transform(located)
aligned = FaceAligner((48, 48)).fit_transform(located)

shown = np.argsort(-abs(angles))[:5]
titles = ("photograph", "eyes located", "rotated", "cropped\nand resized")
figure, axes = plt.subplots(4, len(shown), figsize=(7.5, 6.4), layout="constrained")
for column, index in zip(axes.T, shown, strict=True):
    steps = (located, located, upright, aligned)
    for axis, faces in zip(column, steps, strict=True):
        axis.imshow(faces["image"][index], cmap="gray", vmin=0, vmax=255)
        axis.set(xticks=[], yticks=[])
    for axis, faces in zip(column[1:], steps[1:], strict=True):
        axis.plot(*faces["eyes"][index].T, "o", color="tab:orange", markersize=5)
    left, right = upright["eyes"][index]
    half_distance = np.hypot(*(right - left)) / 2
    width, above, below = half_distance * np.array(LOPES_CROP)
    x, y = (left + right) / 2
    frame = (x - width / 2, y - above), width, above + below
    column[2].add_patch(plt.Rectangle(*frame, fill=False, color="tab:orange", linewidth=2))
for axis, title in zip(axes[:, 0], titles, strict=True):
    axis.set_ylabel(title)

# %%
# What it is worth
# ----------------
# The pictures are the means of all faces. A mean is blurred where the same pixel shows different
# parts of the face. We measure its sharpness as the share of the contrast of the single faces that
# is left in it.
ways = {
    "whole picture": FaceAligner((48, 48), rotate=False, crop=None),
    "cropped": FaceAligner((48, 48), rotate=False),
    "rotated and cropped": FaceAligner((48, 48)),
}


def contrast(images):
    """Return the mean length of the gradients."""
    return np.hypot(*np.gradient(images.astype(float), axis=(-2, -1))).mean()


figure, axes = plt.subplots(1, 3, figsize=(7.5, 3.2), layout="constrained")
for axis, (name, aligner) in zip(axes, ways.items(), strict=True):
    faces = aligner.fit_transform(located)["image"]
    mean = faces.mean(axis=0)
    axis.imshow(mean, cmap="gray")
    axis.set(xticks=[], yticks=[], title=name)
    axis.set_xlabel(f"{contrast(mean) / contrast(faces):.0%} of the contrast left")
