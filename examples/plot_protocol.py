"""
Who is in which fold
====================

An accuracy counts for new people only if nobody who is tested was also trained on. The pictures
show for five splitters which images each fold tests, and mark the people who leak from training to
test. ``cv=5`` is one of those that leak, even if ``groups`` are given.
"""

# %%
# Ten people
# ----------
# Each shows some of six expressions, as in most data sets. The images are in the order of the
# people.
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.colors import ListedColormap
from matplotlib.patches import Patch
from sklearn.model_selection import GroupKFold, KFold, LeaveOneGroupOut, check_cv

from skfer.evaluation import check_leakage, subject_folds

expressions = ["anger", "disgust", "fear", "happy", "sad", "surprise"]
rng = np.random.default_rng(0)
subjects, y = [], []
for number in range(10):
    shown = sorted(rng.choice(expressions, rng.integers(3, 7), replace=False))
    subjects += [f"S{number:02}"] * len(shown)
    y += shown
subjects = np.array(subjects)
X = np.zeros((len(y), 1))  # splitters do not look at the images

# %%
# The folds
# ---------
# ``check_cv`` shows what scikit-learn makes of ``cv=5`` in ``cross_val_score``: a splitter that
# keeps the shares of the classes and ignores the groups. Here it separates some people only because
# the images are sorted.
splitters = {
    "GroupKFold(5)": GroupKFold(5),
    "GroupKFold(5, shuffle=True, random_state=0)": GroupKFold(5, shuffle=True, random_state=0),
    "LeaveOneGroupOut()": LeaveOneGroupOut(),
    "KFold(5, shuffle=True, random_state=0)": KFold(5, shuffle=True, random_state=0),
    "cv=5, with and without groups": check_cv(5, y, classifier=True),
}
TRAIN, TEST, LEAK = range(3)
colours = ["#d9d9d9", "#0072b2", "#d55e00"]


def mark_images(train, test):
    """Return for each image whether a fold trains on it, tests it, or tests a known person."""
    marks = np.full(len(y), TRAIN)
    marks[test] = np.where(np.isin(subjects[test], subjects[train]), LEAK, TEST)
    return marks


folds = {}
for name, splitter in splitters.items():
    groups = subjects if "Group" in type(splitter).__name__ else None  # others ignore them
    folds[name] = [mark_images(*fold) for fold in splitter.split(X, y, groups)]

figure, axes = plt.subplots(
    len(folds),
    1,
    figsize=(9, 8),
    height_ratios=[1.5 + len(marks) for marks in folds.values()],
    layout="constrained",
)
names, first_images = np.unique(subjects, return_index=True)
for axis, (name, marks) in zip(axes, folds.items(), strict=True):
    colormap = ListedColormap(colours)
    axis.pcolormesh(marks, cmap=colormap, vmin=0, vmax=2, edgecolor="w", linewidth=0.5)
    for start in first_images[1:]:
        axis.axvline(start, color="black", linewidth=0.8)
    n_leaks = (np.array(marks) == LEAK).sum()
    title = f"{name}: {n_leaks} of {len(y)} tests are of a person who was trained on"
    axis.set_title(title, loc="left", fontsize="medium")
    axis.set(xticks=[], yticks=np.arange(len(marks)) + 0.5, yticklabels=range(len(marks)))
    axis.invert_yaxis()
    axis.tick_params(length=0, labelsize="small")
axes[2].set_ylabel("fold")
axes[-1].set_xticks(first_images + np.bincount(np.searchsorted(names, subjects)) / 2, names)
axes[-1].set_xlabel("images, by person")
legend = ["training", "test, new person", "test, person was trained on"]
figure.legend(
    handles=[Patch(color=c, label=label) for c, label in zip(colours, legend, strict=True)],
    loc="outside upper center",
    ncols=3,
    frameon=False,
)

# %%
# Let skfer check
# ---------------
# :func:`~skfer.evaluation.subject_folds` makes folds by subject, and
# :func:`~skfer.evaluation.check_leakage` refuses others.
# :func:`~skfer.evaluation.evaluate_subject_independent` does both.
check_leakage(subject_folds(y, subjects, cv=5), subjects)
try:
    check_leakage(KFold(5, shuffle=True, random_state=0).split(X), subjects)
except ValueError as error:
    print(error)
