"""
Your own network in thirty lines
================================

Any module of torch becomes a classifier of faces. ``NetworkClassifier`` trains it, with warps of
the training faces, and the evaluation keeps people apart. Its parameters can be searched like those
of any estimator.
"""

# %%
# The module
# ----------
# It is called with ``n_classes`` and with its own parameters, and takes images of shape
# (n_images, 1, height, width) to class scores.
from torch import nn

from skfer.alignment import FaceAligner
from skfer.classifiers import NetworkClassifier
from skfer.datasets import make_faces
from skfer.evaluation import (
    EpochCurvesDisplay,
    ExpressionConfusionDisplay,
    evaluate_epochs,
    evaluate_subject_independent,
)
from skfer.networks import LocalContrastNormalization


class SmallNet(nn.Sequential):
    """Two convolutions with local contrast in front, averaged over the cells of a grid."""

    def __init__(self, n_classes, n_maps=16):
        super().__init__(
            LocalContrastNormalization(),
            nn.Conv2d(1, n_maps, 5, stride=2, padding=2),
            nn.BatchNorm2d(n_maps),
            nn.ReLU(),
            nn.Conv2d(n_maps, 2 * n_maps, 3, stride=2, padding=1),
            nn.BatchNorm2d(2 * n_maps),
            nn.ReLU(),
            nn.AdaptiveAvgPool2d(4),
            nn.Flatten(),
            nn.Linear(32 * n_maps, n_classes),
        )


# %%
# Trained and tested by subject
# -----------------------------
X, y, subjects = make_faces(18, 1, random_state=0, return_X_y=True)
X = FaceAligner((48, 48), margin=0.125).fit_transform(X)
classifier = NetworkClassifier(
    SmallNet, network__n_maps=12, input_size=(48, 48), lr=0.005, max_epochs=30, random_state=0
)
result = evaluate_subject_independent(classifier, X, y, cv=3)
print(result)
display = ExpressionConfusionDisplay.from_result(result)

# %%
# Does it learn long enough?
# --------------------------
# The curves are for looking, not for choosing the epoch with the best test accuracy: that would be
# a choice on the people it is tested on.
curves = evaluate_epochs(classifier, X, y, cv=3, every=5)
display = EpochCurvesDisplay.from_frame(curves)
