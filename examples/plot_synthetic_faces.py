"""
Synthetic faces
===============

:func:`skfer.datasets.make_faces` draws portraits of people who do not exist. Each subject has a
head, brows, hair and an individual way to show an expression. Each expression is a mixture of
facial action units (FACS). Each picture has its own pose, light, contrast, blur and noise. The
faces serve demonstrations and tests; a score on them is not evidence that a method recognizes the
expressions of real people.
"""

# %%
# A contact sheet
# ---------------
# Rows are subjects, columns expressions.
import matplotlib.pyplot as plt

from skfer.datasets import EXPRESSIONS, make_faces

n_subjects = 6
data = make_faces(n_subjects, 1, expressions=EXPRESSIONS, image_size=(128, 128), random_state=3)
figure, axes = plt.subplots(n_subjects, len(EXPRESSIONS), figsize=(9, 7.1), layout="constrained")
for row, subject in zip(axes, data.frame["subject"].unique(), strict=True):
    for axis, expression in zip(row, EXPRESSIONS, strict=True):
        chosen = (data.frame["subject"] == subject) & (data.target == expression)
        axis.imshow(data.images[chosen][0], cmap="gray", vmin=0, vmax=255)
        axis.set_axis_off()
for axis, expression in zip(axes[0], EXPRESSIONS, strict=True):
    axis.set_title(expression, fontsize=10)

# %%
# Landmarks and eyes
# ------------------
# Both are known exactly: 68 points in the order of iBUG's 300-W, and the centres of the eyes.
figure, axes = plt.subplots(1, 4, figsize=(9, 2.6), layout="constrained")
for axis, index in zip(axes, (0, 11, 22, 33), strict=True):
    axis.imshow(data.images[index], cmap="gray", vmin=0, vmax=255)
    axis.autoscale(False)
    axis.scatter(*data.landmarks[index].T, s=4, color="tab:orange")
    axis.scatter(*data.faces["eyes"][index].T, s=30, marker="+", color="tab:cyan")
    axis.set_title(f"{data.target[index]}", fontsize=10)
    axis.set_axis_off()
