"""
What a leaky split is worth
===========================

Three methods are tested on the same faces, once on folds that share no subject and once on shuffled
images. In the second case, other images of the tested person, even neighbouring frames, are in the
training set. A nearest neighbour on raw pixels then recognizes the person, not the expression.
"""

# %%
# Methods
# -------
from sklearn.pipeline import make_pipeline
from sklearn.svm import SVC

from skfer.alignment import FaceAligner
from skfer.datasets import make_faces
from skfer.descriptors import HOGDescriptor
from skfer.evaluation import (
    MethodComparisonDisplay,
    evaluate_image_split,
    evaluate_subject_independent,
)
from skfer.pipelines import make_gabor_svm_pipeline, make_pixel_knn_pipeline

# Three frames of one sequence for each expression, as in the data sets of the field.
X, y, subjects = make_faces(20, 3, random_state=0, return_X_y=True)
methods = {
    "1-NN on pixels": make_pixel_knn_pipeline(),
    "HOG + SVM": make_pipeline(FaceAligner((48, 48)), HOGDescriptor(), SVC(kernel="linear")),
    "Gabor + SVM": make_gabor_svm_pipeline(),
}

# %%
# Two protocols
# -------------
# :func:`~skfer.evaluation.evaluate_subject_independent` refuses folds that share a subject. The
# leaky protocol is a function of its own.
results = [
    result
    for evaluate in (evaluate_subject_independent, evaluate_image_split)
    for result in evaluate(methods, X, y, subjects, cv=5).values()
]
for result in results:
    summary = result.summary()
    print(
        f"{result.method}, {result.protocol}: {summary['pooled_accuracy']:.3f} "
        f"[{summary['ci_low']:.3f}, {summary['ci_high']:.3f}]"
    )

# %%
# The figure
# ----------
display = MethodComparisonDisplay.from_results(results)
