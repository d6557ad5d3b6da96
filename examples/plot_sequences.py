"""
Two smiles that differ in timing
================================

In these synthetic sequences, a posed smile comes suddenly and a felt one slowly; at their peak they
look the same. A classifier of single frames can therefore not tell them apart. A descriptor of the
whole sequence can, because it sees how fast the face moves.
"""

# %%
# Frames
# ------
# Each sequence goes from neutral to the peak.
import matplotlib.pyplot as plt
import numpy as np

from skfer.alignment import SQUARE_CROP, FaceAligner
from skfer.classifiers import FramewiseClassifier
from skfer.datasets import make_face_sequences
from skfer.descriptors import OpticalFlowDescriptor
from skfer.evaluation import MethodComparisonDisplay, evaluate_subject_independent
from skfer.pipelines import make_svm_pipeline

smiles = ("felt smile", "posed smile")
X, y, subjects = make_face_sequences(
    16, 2, expressions=smiles, n_frames=(12, 16), random_state=0, return_X_y=True
)
X = FaceAligner((48, 48), crop=SQUARE_CROP).fit_transform(X)

shares = np.linspace(0, 1, 7)
figure, axes = plt.subplots(2, 7, figsize=(9, 3), layout="constrained")
for row, smile in zip(axes, smiles, strict=True):
    frames = X["image"][list(y).index(smile)]
    for axis, share in zip(row, shares, strict=True):
        axis.imshow(frames[round(share * (len(frames) - 1))], cmap="gray", vmin=0, vmax=255)
        axis.set(xticks=[], yticks=[])
    row[0].set_ylabel(smile)
for axis, share in zip(axes[0], shares, strict=True):
    axis.set_title(f"{share:.0%} of the time", fontsize="small")

# %%
# Movement over time
# ------------------
# :class:`~skfer.descriptors.OpticalFlowDescriptor` measures by region and direction how far the
# pixels move from each frame to the next. Summed over the lower half of the face, the features show
# the course of a smile. Thin lines are single sequences.
n_segments = 8
descriptor = OpticalFlowDescriptor(n_segments=n_segments)
flow = descriptor.fit_transform(X).reshape(len(X), n_segments, 6, 6, 8)
movement = flow[:, :, 3:].mean(axis=(2, 3)).sum(axis=2)
time = (np.arange(n_segments) + 0.5) / n_segments

figure, axis = plt.subplots(figsize=(7, 3.6), layout="constrained")
for smile, colour in zip(smiles, ("tab:blue", "tab:orange"), strict=True):
    axis.plot(time, movement[y == smile].T, color=colour, alpha=0.15, linewidth=1)
    mean = movement[y == smile].mean(axis=0)
    axis.plot(time, mean, color=colour, linewidth=3, label=f"{smile}, mean")
axis.xaxis.set_major_formatter("{x:.0%}")
axis.set(xlim=(0, 1), xlabel="part of the sequence", ylabel="mean movement in pixels per frame")
axis.legend(frameon=False)
axis.spines[["top", "right"]].set_visible(False)

# %%
# One frame or all
# ----------------
# The same support vector machine, on new people: once on the last frame, the peak, and once on the
# flow of the whole sequence.
peak = FramewiseClassifier(make_svm_pipeline("hog", align=None), fit_frames=1, predict_frames=1)
methods = {
    "HOG + SVM, peak frame": peak,
    "flow + SVM, all frames": make_svm_pipeline(OpticalFlowDescriptor(), align=None),
}
results = evaluate_subject_independent(methods, X, y, cv=4)
display = MethodComparisonDisplay.from_results(results)
