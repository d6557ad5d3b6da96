"""
The same face under different light
===================================

Light changes the pixels of a face more than an expression does. Local contrast normalization
subtracts from each pixel the mean of its neighbourhood and divides by the local deviation. Brows,
eyes and mouth stay, and most of the light goes.
"""

# %%
# Four lights
# -----------
# Synthetic faces, neutral and surprised, are darkened, brightened, and lit from the side and from
# above.
import matplotlib.pyplot as plt
import numpy as np

from skfer.alignment import FaceAligner
from skfer.datasets import make_faces
from skfer.preprocessing import IntensityNormalizer

data = make_faces(6, 1, expressions=("neutral", "surprise"), image_size=(128, 128), random_state=0)
faces = FaceAligner((48, 48)).fit_transform(data.faces)["image"].astype(float)
ramp = np.linspace(0.15, 1.3, 48)
lights = {
    "as photographed": faces,
    "dark": 0.3 * faces,
    "bright": 100 + 0.6 * faces,
    "from the right": faces * ramp,
    "from above": faces * ramp[::-1, None],
}

# %%
# Before and after
# ----------------
# :class:`~skfer.preprocessing.IntensityNormalizer` looks at 7 x 7 pixels by default. A change of
# brightness or contrast of the whole picture goes completely; slow changes over the picture nearly
# so.
normalizer = IntensityNormalizer()
normalized = {name: normalizer.fit_transform(images) for name, images in lights.items()}

figure, axes = plt.subplots(2, len(lights), figsize=(9, 4), layout="constrained")
for column, name in zip(axes.T, lights, strict=True):
    column[0].imshow(lights[name][1], cmap="gray", vmin=0, vmax=255)
    column[1].imshow(normalized[name][1], cmap="gray", vmin=-2, vmax=2)
    column[0].set_title(name, fontsize="medium")
for axis, label in zip(axes[:, 0], ("before", "after"), strict=True):
    axis.set_ylabel(label)
for axis in axes.flat:
    axis.set(xticks=[], yticks=[])

# %%
# Light against expression
# ------------------------
# How far does a light move the pixels of a face? The unit is how far they move when the same person
# goes from neutral to surprise. A light beyond the dotted line matters more than the expression.


def mean_distance(one, other):
    """Return the mean Euclidean distance of pairs of pictures."""
    return np.linalg.norm((one - other).reshape(len(one), -1), axis=1).mean()


figure, axis = plt.subplots(figsize=(7, 3.2), layout="constrained")
changes = list(lights)[1:]
for shift, label, pictures in ((-0.2, "before", lights), (0.2, "after", normalized)):
    still = pictures["as photographed"]
    unit = mean_distance(still[data.target == "neutral"], still[data.target == "surprise"])
    moved = np.array([mean_distance(still, pictures[name]) for name in changes]) / unit
    bars = axis.barh(np.arange(len(changes)) + shift, moved, 0.4, label=label)
    axis.bar_label(bars, fmt="%.1f", padding=3)
axis.axvline(1, color="gray", linestyle=":")
axis.set_yticks(range(len(changes)), changes)
axis.invert_yaxis()
axis.margins(x=0.1)
axis.set_xlabel("change by the light / change from neutral to surprise")
axis.legend(frameon=False)
axis.spines[["top", "right"]].set_visible(False)
