"""
More people or more images?
===========================

What a recognizer learns from is people. With more of them in training it gets better on new ones,
while more images of the same people add little. The learning curve shows it, and whether more
people would still help.
"""

# %%
# Two sets of images
# ------------------
# Each person shows six expressions. One set has a single image of each, the other has three, which
# are neighbouring frames as in most data sets.
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from skfer.alignment import SQUARE_CROP, FaceAligner
from skfer.datasets import make_faces
from skfer.evaluation import SubjectLearningCurveDisplay, evaluate_learning_curve
from skfer.pipelines import make_svm_pipeline

N_FRAMES = 3
data = make_faces(40, N_FRAMES, random_state=0)
faces = FaceAligner((48, 48), crop=SQUARE_CROP).fit_transform(data.faces)
model = make_svm_pipeline("hog", align=None)

# %%
# The curves
# ----------
# :func:`~skfer.evaluation.evaluate_learning_curve` tests the same folds with training parts of more
# and more people. The band is the 95 % interval over the tested people, who are the same for both
# curves.
n_subjects = len(np.unique(data.subjects))
sizes = np.geomspace(2, n_subjects * 3 // 4, 5).round()  # three of four folds train
figure, axis = plt.subplots(figsize=(6.5, 4), layout="constrained")
single = (data.frame["frame_number"] == 0).to_numpy()
for name, chosen in (("1 image", single), (f"{N_FRAMES} images", single | True)):
    results = evaluate_learning_curve(
        model, faces[chosen], data.target[chosen], n_train_subjects=sizes, cv=4
    )
    curve = pd.DataFrame({n: result.summary() for n, result in results.items()}).T
    curve = curve.rename_axis("n_train_subjects").reset_index()
    label = f"{name} of each person and expression"
    SubjectLearningCurveDisplay(curve, name=label).plot(axis)
    print(label)
    print(
        curve[["n_train_subjects", "pooled_accuracy", "ci_low", "ci_high"]].astype(float).round(3)
    )
