"""
From action units to expressions
================================

OpenFace, py-feat and LibreFace write tables of action units. Such tables become a classifier of
expressions that is tested on people it has never seen. Subtracting the mean of each person takes
out how their face looks at rest.
"""

# %%
# A made-up study
# ---------------
# The numbers are invented. 16 people show three expressions, in one video each. The columns are
# those of OpenFace's ``FeatureExtraction -aus``, of which ``_r`` are intensities from 0 to 5. Each
# person's face has a look of its own at rest, and in each video one frame fails.
import tempfile
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from skfer.datasets import load_feature_table
from skfer.evaluation import evaluate_subject_independent
from skfer.features import SubjectNormalizer

UNITS = ["AU01_r", "AU04_r", "AU06_r", "AU12_r", "AU15_r"]
SHOWN = {"happy": [0, 0, 1, 1, 0], "sad": [1, 0.5, 0, 0, 1], "angry": [0, 1, 0.5, 0, 0]}


def write_study(folder, n_people=16, n_frames=8):
    """Write a table of each video."""
    rng = np.random.default_rng(0)
    for person in range(n_people):
        at_rest = rng.uniform(0, 2.5, len(UNITS))
        for expression, shown in SHOWN.items():
            noise = rng.normal(0, 0.4, (n_frames, len(UNITS)))
            units = np.clip(at_rest + 1.5 * np.array(shown) + noise, 0, 5).round(2)
            video = pd.DataFrame({"frame": np.arange(1, n_frames + 1), "face_id": 0})
            video = video.assign(timestamp=(video["frame"] - 1) / 25, confidence=0.98, success=1)
            video.loc[3, ["confidence", "success"]] = 0
            video = video.join(pd.DataFrame(units, columns=UNITS))
            video.to_csv(Path(folder, f"P{person:02}_{expression}.csv"), index=False)


# %%
# The table
# ---------
# Subject and expression are in the names of the files. Failed frames are left out and listed.
with tempfile.TemporaryDirectory() as folder:
    write_study(folder)
    table = load_feature_table(folder, pattern=r"(?P<subject>P\d+)_(?P<expression>\w+)\.csv")
print(table.DESCR)
print(table.dropped["reason"].value_counts())
table.frame.head()

# %%
# On people never seen
# --------------------
# ``sequence`` is the video; its frames are judged one by one, and together.
info = table.frame[["sequence"]]
model = make_pipeline(StandardScaler(), SVC())
result = evaluate_subject_independent(
    model, table.data, table.target, subjects=table.subjects, info=info
)
summary = result.summary()
print(f"frames {summary['pooled_accuracy']:.2f}, videos {summary['sequence_accuracy']:.2f}")

# %%
# Each person relative to their own face
# --------------------------------------
# ``SubjectNormalizer`` subtracts the mean of the person's rows; the column ``subject`` says whose
# they are. It needs several unlabelled rows of the tested person. That is a protocol of its own,
# and its accuracy does not belong in one column with the one above.
X = table.data.assign(subject=table.subjects)
personal = make_pipeline(SubjectNormalizer(), StandardScaler(), SVC())
result = evaluate_subject_independent(personal, X, table.target, info=info)
summary = result.summary()
print("With unlabelled rows of the tested person:")
print(f"frames {summary['pooled_accuracy']:.2f}, videos {summary['sequence_accuracy']:.2f}")

# %%
# What it does
# ------------
# AU12 pulls the corners of the lips. Before, a person at rest may look like another who smiles.
centred = SubjectNormalizer().set_output(transform="pandas").fit_transform(X)
figure, axes = plt.subplots(1, 2, figsize=(9, 3.5), sharex=True, layout="constrained")
people = pd.factorize(table.subjects)[0]
for axis, data, title in zip(axes, [table.data, centred], ["as written", "centred"], strict=True):
    for expression, marker in zip(table.target_names, "s.x", strict=True):
        rows = table.target == expression
        axis.plot(people[rows], data["AU12_r"][rows], marker, markersize=5, label=expression)
    axis.set(title=f"AU12_r, {title}", xlabel="person", xticks=range(0, 16, 5))
axes[0].set_ylabel("intensity")
axes[1].legend(loc="upper left", bbox_to_anchor=(1, 1), frameon=False)
