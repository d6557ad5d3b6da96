import json

import numpy as np
import pandas as pd
import pytest

from benchmarks.wild_eyes import main, measure
from skfer.datasets import make_faces
from skfer.utils._opencv import cv2

TRUTH = pd.DataFrame(
    {
        "left_eye_x": [40.0] * 4,
        "left_eye_y": [40.0] * 4,
        "right_eye_x": [80.0] * 4,
        "right_eye_y": [40.0] * 4,
        "box_x": [20.0] * 4,
        "box_y": [10.0] * 4,
        "box_width": [80.0] * 4,
        "box_height": [100.0] * 4,
    }
)
RIGHT = np.array([[40.0, 40.0], [80.0, 40.0]])


def test_a_near_a_far_another_and_no_face():
    eyes = np.stack([RIGHT + 2, RIGHT + [[0, 0], [0, 9]], RIGHT + (100, 0), RIGHT * np.nan])
    figures = measure(TRUTH, eyes, np.array([0.9, 0.4, 0.6, 0.0]))
    counts = {
        name: (figure["k"], figure["n"]) for name, figure in figures.items() if name[1] != "_"
    }
    assert counts == {
        "found": (3, 4),
        "right_face_of_found": (2, 3),
        "near_of_all": (1, 4),
        "near_of_found": (1, 3),
        "near_of_right_face": (1, 2),
        "sure_of_found": (2, 3),
        "near_of_sure": (1, 2),
        "near_of_sure_and_right_face": (1, 1),
    }
    assert figures["found"]["low"] < 0.75 < figures["found"]["high"]


def test_a_folder(tmp_path, capsys):
    faces = make_faces(2, 1, expressions=("neutral",), image_size=(160, 160), random_state=0).faces
    rows = []
    for index, face in enumerate(faces):
        cv2.imwrite(str(tmp_path / f"{index}.png"), face["image"])
        rows.append([f"{index}.png", *face["eyes"].ravel(), 0, 0, 160, 160])
    columns = ["file", *TRUTH.columns]
    pd.DataFrame(rows, columns=columns).to_csv(tmp_path / "eyes.csv", index=False)
    main([str(tmp_path), "--out", str(tmp_path / "out" / "eyes.json")])
    document = json.loads((tmp_path / "out" / "eyes.json").read_text())
    assert json.loads(capsys.readouterr().out) == document
    assert document["near_of_all"]["share"] == pytest.approx(1)
    assert document["images_per_second"] > 0
