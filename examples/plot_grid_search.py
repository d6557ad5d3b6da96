"""
A search that keeps people apart
================================

Parameters are chosen by the accuracy on held-out people, and the accuracy to report is measured on
people who had no part in the choice. So there are two cross-validations, one inside the other, and
both split by subject. The best accuracy of the search is not the one to report, because it was
chosen for being the best.
"""

# %%
# The search
# ----------
# The steps of skfer are searched like any estimator. ``GroupKFold`` is the inner split.
import matplotlib.pyplot as plt
from sklearn.model_selection import GridSearchCV, GroupKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from skfer.alignment import SQUARE_CROP, FaceAligner
from skfer.datasets import make_faces
from skfer.descriptors import HOGDescriptor
from skfer.evaluation import evaluate_subject_independent

X, y, subjects = make_faces(20, 1, random_state=0, return_X_y=True)
X = FaceAligner((48, 48), crop=SQUARE_CROP).fit_transform(X)
grid = {"hogdescriptor__cell_size": [6, 8, 12], "svc__C": [0.00001, 0.0001, 0.001, 0.01]}
search = GridSearchCV(
    make_pipeline(HOGDescriptor(), StandardScaler(), SVC(kernel="linear")), grid, cv=GroupKFold(4)
)

# %%
# The accuracy to report
# ----------------------
# The evaluation runs the whole search in each of its folds, on the training people only. It gives
# the inner split their subjects, and would refuse one that does not keep them apart.
result = evaluate_subject_independent(search, X, y, cv=5)
summary = result.summary()
print(f"{summary['pooled_accuracy']:.1%} [{summary['ci_low']:.1%}, {summary['ci_high']:.1%}]")

# %%
# The model to use
# ----------------
# The last search is over all people. The table shows its inner accuracies.
search.fit(X, y, groups=subjects)
scores = search.cv_results_["mean_test_score"].reshape([len(values) for values in grid.values()])
cell_sizes, costs = grid.values()

figure, axis = plt.subplots(figsize=(6, 3.6), layout="constrained")
axis.imshow(scores, cmap="cividis", aspect="auto")
middle = (scores.min() + scores.max()) / 2
for row, column in [(r, c) for r in range(len(cell_sizes)) for c in range(len(costs))]:
    score = scores[row, column]
    chosen = row * len(costs) + column == search.best_index_
    text = f"{score:.1%}" + ("\nchosen" if chosen else "")
    colour = "black" if score > middle else "white"
    axis.text(column, row, text, ha="center", va="center", color=colour)
axis.set_xticks(range(len(costs)), costs)
axis.set_yticks(range(len(cell_sizes)), cell_sizes)
axis.set(xlabel="C of the support vector machine", ylabel="cell size of HOG in pixels")
axis.set_title(
    f"best of the search {search.best_score_:.1%}, nested search {summary['pooled_accuracy']:.1%}"
)
