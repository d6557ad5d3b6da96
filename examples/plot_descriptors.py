"""
What a descriptor keeps of a face
=================================

A descriptor takes a face to a row of numbers that a support vector machine can separate. Gabor, HOG
and PHOG keep where edges of which direction lie; LBP keeps which textures lie where. Each is blind
to something, and that is the point of it.
"""

# %%
# One face, four descriptions
# ---------------------------
# Names of the features say what they count, so the rows can be put back in place. Strokes lie along
# the edges, and their length is how much of them there is. For LBP the map shows the share of
# patterns that lie on edges.
import matplotlib.pyplot as plt
import numpy as np
from scipy.ndimage import shift

from skfer.alignment import SQUARE_CROP, FaceAligner
from skfer.datasets import make_faces
from skfer.descriptors import GaborDescriptor, HOGDescriptor, LBPDescriptor, PHOGDescriptor

data = make_faces(8, 1, expressions=("neutral", "surprise"), image_size=(144, 144), random_state=0)
faces = FaceAligner((48, 48), crop=SQUARE_CROP).fit_transform(data.faces)["image"]
face = faces[1:2]
descriptors = {
    "Gabor": GaborDescriptor(),
    "HOG": HOGDescriptor(),
    "PHOG": PHOGDescriptor(angle=180),
    "LBP": LBPDescriptor(),
}
rows = {name: descriptor.fit_transform(face)[0] for name, descriptor in descriptors.items()}


def draw_strokes(axis, cells, turn):
    """Draw cells (n_rows, n_columns, n_directions); `turn` is the angle of the first stroke."""
    n_rows, n_columns, n_directions = cells.shape
    size = 48 / n_rows
    angles = turn + np.pi / n_directions * np.arange(n_directions)
    ends = 0.7 * size * np.stack([np.cos(angles), np.sin(angles)], axis=1)
    for row, column in np.ndindex(n_rows, n_columns):
        lengths = cells[row, column] / cells.max()
        centre = np.array([column + 0.5, row + 0.5]) * size - 0.5
        for end, length in zip(ends, lengths, strict=True):
            line = centre + np.outer([-1, 1], length * end)
            axis.plot(*line.T, color="tab:orange", linewidth=1.2)


def hog_cells(row):
    """Return the mean over the blocks that hold a cell, (6, 6, 9)."""
    cells, counts = np.zeros((6, 6, 9)), np.zeros((6, 6, 1))
    for c, r, x, y in np.ndindex(5, 5, 2, 2):
        cells[r + y, c + x] += row.reshape(5, 5, 2, 2, 9)[c, r, x, y]
        counts[r + y, c + x] += 1
    return cells / counts


figure, axes = plt.subplots(1, 5, figsize=(11, 3.1), layout="constrained")
for axis in axes:
    brightest = 255 if axis is axes[0] else 400  # darker behind the strokes
    axis.imshow(face[0], cmap="gray", vmin=0, vmax=brightest)
    axis.set(xticks=[], yticks=[])
axes[0].set_title("face\n48 x 48 pixels")
# Gabor: third of five wavelengths. The wave of a filter lies across the edge it answers to.
draw_strokes(axes[1], np.moveaxis(rows["Gabor"].reshape(5, 8, 12, 12)[2], 0, 2), np.pi / 2)
draw_strokes(axes[2], hog_cells(rows["HOG"]), np.pi / 2 + np.pi / 18)
draw_strokes(axes[3], rows["PHOG"][-16 * 20 :].reshape(4, 4, 20), np.pi / 2 + np.pi / 40)
# Patterns 25 to 32: four neighbours in a row are at least as bright as the pixel.
edges = rows["LBP"].reshape(7, 6, 59)[:, :, 25:33].sum(axis=2)
axes[4].imshow(edges, cmap="viridis", extent=(-0.5, 47.5, 47.5, -0.5), alpha=0.8)
axes[4].set_xlabel("share of edge patterns:\nyellow much, blue little")
for axis, name in zip(axes[1:], rows, strict=True):
    axis.set(xlim=(-0.5, 47.5), ylim=(47.5, -0.5))
    axis.set_title(f"{name}\n{len(rows[name])} features")
for axis in axes[1:4]:
    axis.set_xlabel("edges, by place\nand direction")

# %%
# What moves the features?
# ------------------------
# Each face is changed in ways that leave the expression as it is. The bars show how far the
# features move; 1 is how far they move from neutral to surprise in the same person. A short bar is
# a change to which the descriptor is nearly blind.
ramp = np.linspace(0.5, 1, 48)
changes = {
    "darker": lambda images: images // 2,
    "light from the side": lambda images: (images * ramp).astype(np.uint8),
    "moved by 1 pixel": lambda images: shift(images, (0, 0, 1), mode="nearest"),
    "moved by 3 pixels": lambda images: shift(images, (0, 0, 3), mode="nearest"),
}


def mean_distance(one, other):
    """Return the mean Euclidean distance of pairs of rows."""
    return np.linalg.norm(one - other, axis=1).mean()


neutral = data.target == "neutral"
pixels = {"pixels": lambda images: images.reshape(len(images), -1).astype(float)}
described = pixels | {name: one.fit_transform for name, one in descriptors.items()}
figure, axis = plt.subplots(figsize=(8, 3.6), layout="constrained")
for place, (name, describe) in enumerate(described.items()):
    features = describe(faces)
    unit = mean_distance(features[neutral], features[~neutral])
    moved = [mean_distance(features, describe(change(faces))) / unit for change in changes.values()]
    axis.bar(np.arange(len(changes)) + 0.16 * (place - 2), moved, 0.16, label=name)
axis.axhline(1, color="gray", linestyle=":")
axis.set_xticks(range(len(changes)), list(changes))
axis.set_ylabel("change / change from\nneutral to surprise")
axis.legend(frameon=False, ncols=5, loc="lower center", bbox_to_anchor=(0.5, 1))
axis.spines[["top", "right"]].set_visible(False)
