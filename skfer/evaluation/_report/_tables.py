"""The tables of the report, as lists of rows for its template."""

import numpy as np

from skfer.evaluation._displays._method_comparison import LEAKY
from skfer.evaluation._metrics import unit_of

_N_WORST_SUBJECTS = 8
_N_WRONG_IMAGES = 100
_MAX_COMPARISONS = 10
# Columns that say nothing of a person.
_OF_AN_IMAGE = {
    "image", "subject", "repeat", "fold", "y_true", "y_pred",
    "file", "path", "sequence", "frame_number", "n_frames", "expression",
}  # fmt: skip


def describe_result(result):
    """Return the figures of a result with numbers of right ones, by image and by sequence."""
    row = {"method": result.method, "protocol": result.protocol, **result.summary()}
    row["unit"] = unit_of(result.images)
    row["is_leaky"] = result.protocol == LEAKY
    row["sequences_right"] = row["sequences_tested"] = None
    if "sequence" in result.images and row["unit"] == "image":
        sequences = result.sequences
        row["sequences_tested"] = len(sequences)
        row["sequences_right"] = int((sequences["y_true"] == sequences["y_pred"]).sum())
    correct = result.images["y_true"] == result.images["y_pred"]
    row["repeats"] = correct.groupby(result.images["repeat"]).mean().tolist()
    return row


def list_worst_subjects(subjects):
    """Return the rows of the worst subjects, and how many more are as bad as the last of them."""
    worst = subjects.sort_values(["accuracy", "n_images"], ascending=[True, False])
    worst = worst[worst["accuracy"] < 1]
    shown = worst.head(_N_WORST_SUBJECTS)
    left_off = worst["accuracy"].iloc[_N_WORST_SUBJECTS:]
    n_ties = int((left_off == shown["accuracy"].max()).sum())
    return shown.to_dict("records"), n_ties


def list_wrong(result):
    """Return the first wrong images, if their files are known, and the number of all wrong."""
    wrong = result.images[result.images["y_true"] != result.images["y_pred"]]
    wrong = wrong.drop_duplicates("image")
    shown = wrong.head(_N_WRONG_IMAGES) if "file" in wrong else wrong.head(0)
    return shown.to_dict("records"), len(wrong)


def list_groups(result):
    """Compare groups of people, such as by gender; returns a list of dicts, one per column."""
    tables = []
    for column in filter(lambda name: _groups_people(result.images, name), result.images):
        groups = result.by_group(column).rename(columns={column: "group"})
        groups["group"] = groups["group"].astype(object).replace({np.nan: "unknown", "": "unknown"})
        known = groups[groups["group"] != "unknown"].sort_values("accuracy")
        tables.append(
            {
                "column": str(column).replace("_", " "),
                "rows": groups.to_dict("records"),
                "gap": known["accuracy"].max() - known["accuracy"].min(),
                "worst_to_best": known["group"].tolist(),
            }
        )
    return tables


def _groups_people(images, column):
    if column in _OF_AN_IMAGE or str(column).startswith("proba_"):
        return False
    n_groups, n_subjects = images[column].nunique(), images["subject"].nunique()
    values_of_one = images.groupby("subject")[column].nunique()
    return 2 <= n_groups <= min(8, n_subjects - 1) and values_of_one.max() == 1


def list_comparisons(comparisons, summaries):
    """Return the rows of a frame of comparisons: those to show, and those to fold away.

    Of many, those with the best method are shown.
    """
    if comparisons is None:
        return [], []
    rows = comparisons.replace({np.nan: None}).to_dict("records")
    if len(rows) <= _MAX_COMPARISONS:
        return rows, []
    order = summaries.sort_values(["is_leaky", "pooled_accuracy"], ascending=[True, False])
    best = order["method"].iloc[0]
    with_best = [row for row in rows if best in (row["method_a"], row["method_b"])]
    return with_best, [row for row in rows if row not in with_best]
