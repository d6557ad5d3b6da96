"""
What the spatial pyramid pools
==============================

C-SPP cuts its feature maps into 3 x 3, 2 x 2 and 1 x 1 cells and keeps the greatest value of each.
It does so twice: with the maps of the second convolution, which show edges, and with those of the
last pooling layer, which show parts of the face. The number of features does not depend on the size
of the maps.
"""

# %%
# A small training
# ----------------
# The maps mean something only after training. Here the network learns from twelve synthetic people
# for a few epochs.
import matplotlib.pyplot as plt
import numpy as np
import torch

from skfer.alignment import FaceAligner
from skfer.classifiers import CSPPClassifier
from skfer.datasets import make_faces

X, y, subjects = make_faces(12, 1, random_state=0, return_X_y=True)
X = FaceAligner((48, 48)).fit_transform(X)
classifier = CSPPClassifier(max_epochs=8, random_state=0).fit(X, y)

# %%
# From the face to the features
# -----------------------------
# ``net_.module_`` is the trained network, an ordinary module of torch. ``low_level`` goes up to the
# second convolution, ``high_level`` from there to the last pooling. Of each we show the map that
# varies most over the face. Lines mark the cells.
network = classifier.net_.module_.cpu().eval()
face = X["image"][list(y).index("surprise")]
with torch.no_grad():
    image = torch.from_numpy(face).float()[None, None] / 255
    low = network.low_level(network.contrast(image)).relu()
    high = network.high_level(low)
branches = {
    "low level": (low[0], network.low_level_pyramid),
    "high level": (high[0], network.high_level_pyramid),
}


def draw_cells(axis, side, length):
    """Draw the lines between the cells of one level of the pyramid."""
    for cut in np.arange(1, side) * length / side - 0.5:
        axis.axvline(cut, color="tab:orange", linewidth=2)
        axis.axhline(cut, color="tab:orange", linewidth=2)


figure, axes = plt.subplots(2, 7, figsize=(11, 3.9), layout="constrained")
for row, (name, (maps, pyramid)) in zip(axes, branches.items(), strict=True):
    row[0].imshow(face, cmap="gray", vmin=0, vmax=255)
    shown = maps[maps.flatten(1).std(dim=1).argmax()]
    pooled = pyramid(shown[None, None])[0].split([side**2 for side in pyramid.bins])
    for level, (side, values) in enumerate(zip(pyramid.bins, pooled, strict=True)):
        left, right = row[1 + 2 * level : 3 + 2 * level]
        limits = {"cmap": "viridis", "vmin": 0, "vmax": shown.max().item()}
        left.imshow(shown.numpy(), **limits)
        draw_cells(left, side, len(shown))
        right.imshow(values.reshape(side, side).numpy(), **limits)
        left.set_title(f"map, {side} x {side} cells", fontsize="small")
        right.set_title("greatest of each", fontsize="small")
    row[0].set_ylabel(f"{name}\n{len(maps)} maps\nof {len(shown)} x {len(shown)}")
for axis in axes.flat:
    axis.set(xticks=[], yticks=[])

# %%
# The lengths
# -----------
# Each cell of each map is one feature. Both branches together are what the classifying layers see,
# and what ``transform`` returns.
figure, axis = plt.subplots(figsize=(7, 2.4), layout="constrained")
colours = dict(zip((3, 2, 1), ("tab:blue", "tab:orange", "tab:green"), strict=True))
for row, (maps, pyramid) in enumerate(branches.values()):
    start = 0
    for side in pyramid.bins:
        length = len(maps) * side**2
        label = None if row else f"{side} x {side}"
        bar = axis.barh(row, length, left=start, color=colours[side], label=label)
        axis.bar_label(bar, label_type="center", color="white" if length > 100 else "none")
        start += length
    axis.text(start + 15, row, f"{start} features", va="center")
axis.set_yticks(range(2), list(branches))
axis.invert_yaxis()
axis.margins(x=0.2)
axis.set_xlabel("features")
axis.legend(title="cells", frameon=False, loc="upper right")
axis.spines[["top", "right"]].set_visible(False)
print(f"{classifier.transform(X[:1]).shape[1]} features of a face")
