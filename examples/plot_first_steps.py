"""
First steps
===========

A face array holds the images, the eyes and the subjects. An aligner brings the eyes to the same
places, and a classifier follows in one pipeline. Two such systems are cross-validated on folds that
share no subject, so the accuracies are those on new people.
"""

# %%
# Faces, labels and subjects
# --------------------------
# The faces are synthetic. ``X`` is a face array: image, eye centres and subject of each face.
import matplotlib.pyplot as plt
from sklearn.model_selection import GroupKFold, cross_val_score

from skfer.alignment import FaceAligner
from skfer.datasets import make_faces
from skfer.pipelines import make_cspp_pipeline, make_gabor_svm_pipeline

X, y, subjects = make_faces(
    15, 1, expressions=("happy", "sad", "surprise"), random_state=0, return_X_y=True
)
print(X.dtype.names, len(X), sorted(set(y.tolist())))

# %%
# Alignment
# ---------
# One warp rotates, crops and resizes, so that the eyes have the same position in each face.
aligned = FaceAligner(output_size=(48, 48)).fit_transform(X)
figure, axes = plt.subplots(2, 6, figsize=(9, 3.4), layout="constrained")
for column, index in enumerate(range(6)):
    for row, faces in enumerate([X, aligned]):
        axes[row, column].imshow(faces["image"][index], cmap="gray", vmin=0, vmax=255)
        axes[row, column].plot(*faces["eyes"][index].T, "c+")
        axes[row, column].set_axis_off()
    axes[0, column].set_title(y[index])

# %%
# Two systems, one protocol
# -------------------------
# ``GroupKFold`` keeps all images of a subject on one side of each split.
systems = {
    "C-SPP": make_cspp_pipeline(random_state=0, max_epochs=20),
    "Gabor + SVM": make_gabor_svm_pipeline(),
}
for name, system in systems.items():
    scores = cross_val_score(system, X, y, groups=subjects, cv=GroupKFold(3))
    print(f"{name}: {scores.mean():.2f} (sd {scores.std(ddof=1):.2f} over 3 folds)")
