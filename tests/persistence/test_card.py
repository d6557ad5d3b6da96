import json

import numpy as np
import pandas as pd

from skfer.evaluation import EvaluationResult
from skfer.persistence import make_card


def test_the_card_counts_and_names_nobody():
    card = make_card(
        np.array(["sad", "happy", "sad"]),
        ["anna", "ben", "anna"],
        reasons_left_out=["no face found", "the file is empty", "no face found"],
        seed=3,
    )
    assert card == {
        "seed": 3,
        "n_images": 3,
        "n_subjects": 2,
        "class_counts": {"happy": 1, "sad": 2},
        "left_out": {"no face found": 2, "the file is empty": 1},
        "evaluation": "not evaluated",
    }
    assert "anna" not in json.dumps(card)


def test_the_figures_of_a_result():
    images = pd.DataFrame(
        {
            "image": range(4),
            "subject": list("aabb"),
            "repeat": 0,
            "fold": [0, 0, 1, 1],
            "y_true": ["happy", "sad"] * 2,
            "y_pred": ["happy", "sad", "sad", "sad"],
        }
    )
    seconds = pd.DataFrame({"repeat": 0, "fold": [0, 1], "fit_seconds": 1.0, "predict_seconds": 1})
    result = EvaluationResult(images, "subject-independent", ("happy", "sad"), seconds)
    evaluation = make_card(images["y_true"], images["subject"], result=result)["evaluation"]
    assert evaluation["protocol"] == "subject-independent"
    assert (evaluation["n_folds"], evaluation["n_correct"]) == (2, 3)
    assert (evaluation["pooled_accuracy"], evaluation["macro_recall"]) == (0.75, 0.75)
    assert evaluation["ci_low"] <= 0.75 <= evaluation["ci_high"]
    json.dumps(evaluation, allow_nan=False)
