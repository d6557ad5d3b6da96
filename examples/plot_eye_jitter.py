"""
One face, many training faces
=============================

Nobody knows where an eye centre is to the pixel. If small errors are added to the eyes before the
alignment, one photograph gives many training faces, each a little rotated, shifted and resized.
The network learns that such changes do not change the expression.
"""

# %%
# Noise on the eyes
# -----------------
# :class:`~skfer.augmentation.EyeJitterSampler` copies each face and moves its eyes by Gaussian
# noise; ``sigma`` is a fraction of the distance between the eyes. The photograph itself stays as
# it is.
import matplotlib.pyplot as plt
import numpy as np
import torch

from skfer.alignment import FaceAligner
from skfer.augmentation import EyeJitter, EyeJitterSampler, RandomAffine
from skfer.datasets import make_faces

X, y, subjects = make_faces(
    1, 1, expressions=("happy", "sad"), image_size=(144, 144), random_state=4, return_X_y=True
)
photograph = X[0]


def copy_face(sigma):
    """Return the first face and its 70 copies."""
    sampler = EyeJitterSampler(n_copies=70, sigma=sigma, random_state=0)
    faces, _ = sampler.fit_resample(X, y)
    return faces[sampler.sample_indices_ == 0]


copies = copy_face(sigma=0.03)
aligned = FaceAligner((48, 48)).fit_transform(copies)["image"]

figure, axes = plt.subplot_mosaic(
    [["photograph", "left", "a", "b", "c"], ["photograph", "right", "d", "e", "f"]],
    width_ratios=(2.1, 1, 1, 1, 1),
    figsize=(9, 3.6),
    layout="constrained",
)
for axis in axes.values():
    axis.set(xticks=[], yticks=[])
for name in ("photograph", "left", "right"):
    axis = axes.pop(name)
    axis.imshow(photograph["image"], cmap="gray", vmin=0, vmax=255)
    axis.plot(*copies["eyes"][1:].reshape(-1, 2).T, ".", color="tab:orange", markersize=3)
    axis.plot(*photograph["eyes"].T, "+", color="tab:blue", markersize=12, markeredgewidth=2)
    if name == "photograph":
        axis.set_title("eyes: + photograph, dots 70 copies", fontsize="medium")
    else:
        x, y_down = photograph["eyes"][("left", "right").index(name)]
        axis.set(xlim=(x - 12, x + 12), ylim=(y_down + 12, y_down - 12))
        axis.set_title(f"{name} eye", fontsize="medium")
for index, axis in enumerate(axes.values()):
    axis.imshow(aligned[index], cmap="gray", vmin=0, vmax=255)
    axis.set_title(f"copy {index}" if index else "photograph", fontsize="medium")

# %%
# Where the copies differ
# -----------------------
# The map shows the standard deviation of each pixel over the copies. Edges move, flat skin stays;
# the greater the noise, the more of the face changes.
figure, axes = plt.subplots(1, 3, figsize=(7.5, 2.7), layout="constrained")
for axis, sigma in zip(axes, (0.01, 0.03, 0.06), strict=True):
    faces = FaceAligner((48, 48)).fit_transform(copy_face(sigma))
    drawn = axis.imshow(faces["image"].std(axis=0), cmap="viridis", vmin=0, vmax=50)
    axis.set_title(f"sigma = {sigma}")
    axis.set_axis_off()
figure.colorbar(drawn, ax=axes, label="standard deviation\nin grey values")

# %%
# Fresh warps for each batch
# --------------------------
# Copies take memory and are the same in each epoch. A network classifier draws new warps for each
# batch instead: :class:`~skfer.augmentation.EyeJitter` draws from the same distribution;
# :class:`~skfer.augmentation.RandomAffine`, the default, turns, shifts and scales independently of
# the eyes, and moves the pixels about three quarters as far. Both also mirror half of the faces.
# The margin of the aligner keeps the warps inside the picture.
with_margin = FaceAligner((48, 48), margin=0.125).fit_transform(X[:1])["image"]
batch = torch.from_numpy(np.repeat(with_margin, 8, axis=0)).float()[:, None]
figure, axes = plt.subplots(2, 8, figsize=(9, 2.7), layout="constrained")
for row, augmentation in zip(axes, (EyeJitter(), RandomAffine()), strict=True):
    generator = torch.Generator().manual_seed(0)
    warped = augmentation(batch, (48, 48), generator=generator, random_state=0)
    for axis, image in zip(row, warped[:, 0].numpy(), strict=True):
        axis.imshow(image, cmap="gray", vmin=0, vmax=255)
        axis.set(xticks=[], yticks=[])
    row[0].set_ylabel(type(augmentation).__name__)
figure.suptitle("The same face eight times in a batch")
