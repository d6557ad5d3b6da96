"""
What the classifier looks at
============================

Two methods ask a trained network which parts of a face it uses: occlusion covers them one by one,
Grad-CAM follows the gradients. The maps are averaged over each expression, on people who are not in
the training set. The faces are synthetic, so the expected regions are known: the brows for anger,
the corners of the mouth for happiness, the open mouth for surprise.
"""

# %%
# A trained network
# -----------------
# It is trained on two thirds of the subjects.
from sklearn.model_selection import GroupShuffleSplit

from skfer.alignment import FaceAligner
from skfer.classifiers import CSPPClassifier
from skfer.datasets import make_faces
from skfer.inspection import ExplanationDisplay, grad_cam, occlusion_maps

X, y, subjects = make_faces(
    21, 1, expressions=("anger", "happy", "surprise"), random_state=0, return_X_y=True
)
X = FaceAligner((48, 48)).fit_transform(X)
train, test = next(GroupShuffleSplit(1, test_size=0.33, random_state=0).split(X, y, subjects))
classifier = CSPPClassifier(max_epochs=25, random_state=0).fit(X[train], y[train])
print(f"{classifier.score(X[test], y[test]):.1%} of {len(test)} faces of new subjects")

# %%
# Occlusion
# ---------
# Cover one part of the face at a time. Where the probability of the true expression drops, the
# classifier needs that part. It need not use all parts that differ: some may be enough.
maps = occlusion_maps(classifier, X[test], labels=y[test])
ExplanationDisplay.from_maps(maps, X[test], y[test])

# %%
# Grad-CAM
# --------
# Weight the maps of the last convolution by the gradient of the score.
maps = grad_cam(classifier, X[test], labels=y[test])
ExplanationDisplay.from_maps(maps, X[test], y[test])
