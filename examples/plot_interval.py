"""
Why the interval is over people
===============================

The accuracy on 20 people would be different on 20 others. Images of one person tend to be right or
wrong together, so an interval over images is too narrow. Repeating the evaluation with other folds
of the same people does not show how much depends on the people; the interval of skfer does.
"""

# %%
# A world in which the truth is known
# -----------------------------------
# Each person has an accuracy of their own, drawn from a beta distribution with a mean of 80 %. A
# study tests 20 people with 18 images each. We simulate 100 studies and compute two 95 % intervals
# for each: the binomial one over images, and that of ``summary`` over people.
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from scipy.stats import binomtest
from sklearn.pipeline import make_pipeline
from sklearn.svm import SVC

from skfer.alignment import FaceAligner
from skfer.datasets import make_faces
from skfer.descriptors import LBPDescriptor
from skfer.evaluation import EvaluationResult, evaluate_subject_independent

TRUTH, N_STUDIES, N_PEOPLE, N_IMAGES = 0.8, 100, 20, 18
seconds = pd.DataFrame({"repeat": [0], "fold": 0, "fit_seconds": 0.0, "predict_seconds": 0.0})


def image_interval(result):
    """Return the exact binomial interval, as if all images were of different people."""
    summary = result.summary()
    return tuple(binomtest(summary["n_correct"], summary["n_predictions"]).proportion_ci())


def person_interval(result):
    """Return the interval over people."""
    summary = result.summary()
    return summary["ci_low"], summary["ci_high"]


def simulate_study(rng):
    """Return the result of a study of people whose accuracies are drawn."""
    accuracies = rng.beta(4, 1, N_PEOPLE)
    images = pd.DataFrame({"subject": np.repeat(np.arange(N_PEOPLE), N_IMAGES)})
    images = images.assign(image=images.index, repeat=0, fold=0, y_true="happy")
    right = rng.random(len(images)) < accuracies[images["subject"]]
    images["y_pred"] = np.where(right, "happy", "sad")
    return EvaluationResult(images, "subject-independent", ("happy", "sad"), seconds)


rng = np.random.default_rng(0)
studies = [simulate_study(rng) for _ in range(N_STUDIES)]

# %%
# How often is the truth inside?
# ------------------------------
# Of 100 intervals at 95 %, about 95 should contain the truth.
figure, axes = plt.subplots(1, 2, figsize=(8, 5), sharex=True, layout="constrained")
for axis, interval, name in zip(
    axes, (image_interval, person_interval), ("over images", "over people"), strict=True
):
    lows, highs = np.transpose([interval(study) for study in studies])
    inside = (lows <= TRUTH) & (highs >= TRUTH)
    for chosen, colour, label in (
        (inside, "tab:blue", "truth inside"),
        (~inside, "tab:orange", "truth missed"),
    ):
        rows = np.flatnonzero(chosen)
        axis.hlines(rows, lows[chosen], highs[chosen], color=colour, linewidth=1.8, label=label)
    axis.axvline(TRUTH, color="black", linestyle=":")
    axis.set_title(f"{name}: truth inside in {inside.sum()} of {N_STUDIES}")
    axis.xaxis.set_major_formatter("{x:.0%}")
    axis.set(xlabel="accuracy", yticks=[])
axes[0].set_ylabel("simulated studies")
figure.legend(*axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=2)

# %%
# On faces, with several deals
# ----------------------------
# Other deals of the same people to the folds change the accuracy a little. They say nothing about
# other people, so their spread does not show how certain the accuracy is.
X, y, subjects = make_faces(20, 3, random_state=0, return_X_y=True)
model = make_pipeline(FaceAligner((48, 48)), LBPDescriptor(), SVC(kernel="linear"))
result = evaluate_subject_independent(model, X, y, cv=5, n_repeats=5, random_state=0)
deals = result.images.assign(right=result.images["y_true"] == result.images["y_pred"])
deals = deals.groupby("repeat")["right"].mean()

accuracy = result.summary()["pooled_accuracy"]
one_deal = round(accuracy * len(X)), len(X)
intervals = {
    "range of 5 deals": (deals.min(), deals.max()),
    "95 % over images": tuple(binomtest(*one_deal).proportion_ci()),
    "95 % over people": person_interval(result),
}
figure, axis = plt.subplots(figsize=(7, 2.4), layout="constrained")
for row, (low, high) in enumerate(intervals.values()):
    axis.plot([low, high], [row, row], linewidth=4, color="tab:blue", solid_capstyle="butt")
    width = f"{100 * (high - low):.1f} points wide"
    axis.text(1.02, row, width, va="center", transform=axis.get_yaxis_transform())
axis.plot(deals, np.zeros(len(deals)), "|", color="black", markersize=12)
axis.axvline(accuracy, color="black", linestyle=":")
axis.set_yticks(range(len(intervals)), list(intervals))
axis.set(ylim=(2.5, -0.5), xlabel=f"accuracy on {result.summary()['n_subjects']} people")
axis.xaxis.set_major_formatter("{x:.0%}")
axis.spines[["top", "right"]].set_visible(False)
