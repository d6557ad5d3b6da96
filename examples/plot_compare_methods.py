"""
Is one method better than another?
==================================

Two methods that are tested on the same people are compared person by person. Hard faces are hard
for both, and the difference within a person cancels that out. So a difference can be reliable
although the intervals of the two accuracies overlap.
"""

# %%
# Two methods, the same folds
# ---------------------------
import matplotlib.pyplot as plt
import numpy as np

from skfer.alignment import SQUARE_CROP, FaceAligner
from skfer.datasets import make_faces
from skfer.evaluation import MethodComparisonDisplay, compare_results, evaluate_subject_independent
from skfer.pipelines import make_svm_pipeline

X, y, subjects = make_faces(30, 2, random_state=0, return_X_y=True)
X = FaceAligner((48, 48), crop=SQUARE_CROP).fit_transform(X)
methods = {
    "HOG + SVM": make_svm_pipeline("hog", align=None),
    "PHOG + SVM": make_svm_pipeline("phog", align=None),
}
results = evaluate_subject_independent(methods, X, y, cv=5)
display = MethodComparisonDisplay.from_results(results)

# %%
# Person by person
# ----------------
# :func:`~skfer.evaluation.compare_results` takes the difference of each person. If the methods were
# equally good, each difference would be equally likely to have the opposite sign: ``p_subjects`` is
# the share of all sign patterns for which the sum of the differences is at least as far from 0 as
# the observed sum. The p value is for people, not for images.
comparison = compare_results(results).iloc[0]
print(comparison)

# %%
# The differences
# ---------------
per_subject = [result.subjects.set_index("subject")["accuracy"] for result in results.values()]
differences = (per_subject[0] - per_subject[1]).sort_values().to_numpy()
a, b = results
figure, axis = plt.subplots(figsize=(7, 3.6), layout="constrained")
places = np.arange(len(differences))
for chosen, colour, name in (
    (differences > 0, "tab:blue", a),
    (differences < 0, "tab:orange", b),
):
    label = f"{name} better: {chosen.sum()} people"
    axis.bar(places[chosen], differences[chosen], color=colour, label=label)
equal = differences == 0
axis.plot(places[equal], differences[equal], "k.", label=f"equal: {equal.sum()} people")
axis.yaxis.set_major_formatter("{x:+.0%}")
axis.set(xticks=[], xlabel="people, sorted", ylabel=f"accuracy of {a}\nminus that of {b}")
axis.set_title(
    f"difference {100 * comparison['difference']:+.1f} points, "
    f"95 % interval {100 * comparison['ci_low']:+.1f} to {100 * comparison['ci_high']:+.1f}, "
    f"p = {comparison['p_subjects']:.2g}"
)
axis.legend(frameon=False)
axis.spines[["top", "right", "bottom"]].set_visible(False)
