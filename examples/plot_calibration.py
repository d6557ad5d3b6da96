"""
Can the probabilities be believed?
==================================

A classifier that says 90 % should be right in 90 of 100 cases. On people it has never seen, it may
be right much less often. ``SubjectCalibratedClassifier`` holds out some of the training people in
turn to learn how to rescale the confidence; the predicted expressions stay the same.
"""

# %%
# Before and after
# ----------------
# Linear discriminant analysis on PHOG features is an overconfident classifier: it has more features
# than images.
import matplotlib.pyplot as plt
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.pipeline import make_pipeline

from skfer.alignment import SQUARE_CROP, FaceAligner
from skfer.classifiers import SubjectCalibratedClassifier
from skfer.datasets import make_faces
from skfer.descriptors import PHOGDescriptor
from skfer.evaluation import ReliabilityDisplay, evaluate_subject_independent

X, y, subjects = make_faces(40, 1, random_state=0, return_X_y=True)
X = FaceAligner((48, 48), crop=SQUARE_CROP).fit_transform(X)
discriminant = make_pipeline(PHOGDescriptor(), LinearDiscriminantAnalysis())
methods = {
    "as it is": discriminant,
    "calibrated by subject": SubjectCalibratedClassifier(discriminant),
}
results = evaluate_subject_independent(methods, X, y, cv=5)

# %%
# Reliability
# -----------
# On the dotted line, confidence and accuracy agree; below it, the classifier is too sure of itself.
# The area of a point is the number of its predictions.
figure, axes = plt.subplots(1, 2, figsize=(9, 4.8), layout="constrained")
for axis, (name, result) in zip(axes, results.items(), strict=True):
    ReliabilityDisplay(result.calibration(n_bins=5)).plot(axis)
    axis.set_title(f"{name}: accuracy {result.summary()['pooled_accuracy']:.1%}", pad=24)

# %%
# How confident?
# --------------
# The calibration spreads the confidences, so that doubtful faces can be seen as such.
figure, axis = plt.subplots(figsize=(6.5, 3), layout="constrained")
confidences = [
    result.images.filter(like="proba_").max(axis=1).to_numpy() for result in results.values()
]
axis.hist(confidences, bins=10, range=(0, 1), label=list(results))
axis.xaxis.set_major_formatter("{x:.0%}")
axis.set(xlabel="confidence", ylabel="images")
axis.legend(frameon=False)
axis.spines[["top", "right"]].set_visible(False)
