"""Tables with the true column names of the tools, and made-up numbers; written at test time."""

import json

import numpy as np
import pandas as pd

AU_R = [1, 2, 4, 5, 6, 7, 9, 10, 12, 14, 15, 17, 20, 23, 25, 26, 45]
AU_C = sorted([*AU_R, 28])
LIBREFACE_INTENSITIES = [1, 2, 4, 5, 6, 9, 12, 15, 17, 20, 25, 26]
LIBREFACE_DETECTED = [1, 2, 4, 6, 7, 10, 12, 14, 15, 17, 23, 24]
PY_FEAT_AUS = [1, 2, 4, 5, 6, 7, 9, 10, 11, 12, 14, 15, 17, 20, 23, 24, 25, 26, 28, 43]


def openface_2(n_rows=4, *, picture=False, seed=0, **columns):
    """A table of FeatureExtraction, or of FaceLandmarkImg if `picture`, without eye landmarks."""
    rng = np.random.default_rng(seed)
    if picture:
        table = {"face": np.arange(n_rows), "confidence": 0.98}
    else:
        table = {"frame": np.arange(1, n_rows + 1), "face_id": 0}
        table |= {"timestamp": np.arange(n_rows) / 25, "confidence": 0.98, "success": 1}
    gaze = ["0_x", "0_y", "0_z", "1_x", "1_y", "1_z", "angle_x", "angle_y"]
    names = [f"gaze_{name}" for name in gaze]
    names += [f"pose_{part}{axis}" for part in "TR" for axis in "xyz"]
    names += [f"{axis}_{number}" for axis in "xyXYZ" for number in range(68)]
    names += ["p_scale", "p_rx", "p_ry", "p_rz", "p_tx", "p_ty", *(f"p_{n}" for n in range(34))]
    table |= {name: rng.normal(size=n_rows).round(3) for name in names}
    table |= {f"AU{number:02}_r": rng.uniform(0, 5, n_rows).round(2) for number in AU_R}
    table |= {f"AU{number:02}_c": rng.integers(0, 2, n_rows) for number in AU_C}
    return _finish(table, n_rows, columns)


def write_openface_2(path, table):
    """Write as OpenFace 2.0 does, with a comma and a space."""
    lines = [table.columns, *table.astype(str).to_numpy()]
    write(path, "\n".join(", ".join(line) for line in lines) + "\n")


def openface_3(n_rows=3, *, picture=False, seed=0, **columns):
    """A table of ``openface detect-video``, or ``detect`` if `picture`; lists are in its cells."""
    rng = np.random.default_rng(seed)
    table = {"timestamp": "2026-11-25 12:00:00"}
    if picture:
        table["image_path"] = "pictures/ann.png"
    else:
        table |= {"video_path": "videos/ann.mp4", "frame_index": np.arange(n_rows)}
    boxes = [[10.0, 20.0, 110.0, 140.0, 0.99, *rng.random(10)] for _ in range(n_rows)]
    table |= {
        "face_id": 0.0,
        "face_detection": [json.dumps(box) for box in boxes],
        "landmarks": [json.dumps(rng.random((98, 2)).tolist()) for _ in range(n_rows)],
        "emotion": 1.0,
        "gaze_yaw": rng.normal(size=n_rows),
        "gaze_pitch": rng.normal(size=n_rows),
        "action_units": [json.dumps(rng.random((1, 8)).tolist()) for _ in range(n_rows)],
    }
    return _finish(table, n_rows, columns)


def py_feat(n_rows=4, *, seed=0, **columns):
    """A table of Detectorv1 over a video, with five of its 512 columns of identity."""
    rng = np.random.default_rng(seed)
    names = [f"{axis}_{number}" for axis in "xy" for number in range(68)]
    names += ["Pitch", "Roll", "Yaw", "X", "Y", "Z", *(f"AU{number:02}" for number in PY_FEAT_AUS)]
    names += ["anger", "disgust", "fear", "happiness", "sadness", "surprise", "neutral"]
    names += [f"Identity_{number}" for number in range(1, 6)]
    names += ["gaze_pitch", "gaze_yaw", "gaze_angle"]
    table = {"FaceRectX": 10.0, "FaceRectY": 20.0, "FaceRectWidth": 90.0, "FaceRectHeight": 120.0}
    table |= {"FaceScore": 0.99} | {name: rng.random(n_rows) for name in names}
    table |= {"FrameHeight": 480.0, "FrameWidth": 640.0, "input": "videos/ann.mp4"}
    table |= {"frame": np.arange(n_rows), "approx_time": "00:00", "Identity": "Person_0"}
    return _finish(table, n_rows, columns)


def libreface(n_rows=4, *, seed=0, **columns):
    """A table of ``libreface --input_path video``, with two of its 478 landmarks."""
    rng = np.random.default_rng(seed)
    table = {"frame_idx": np.arange(n_rows), "frame_time_in_ms": np.arange(n_rows) / 30}
    names = ["pitch", "yaw", "roll"]
    names += [f"lm_mp_{number}_{axis}" for number in range(2) for axis in "xyz"]
    table |= {name: rng.random(n_rows) for name in names}
    table |= {f"au_{number}": rng.integers(0, 2, n_rows) for number in LIBREFACE_DETECTED}
    for number in LIBREFACE_INTENSITIES:
        table[f"au_{number}_intensity"] = rng.uniform(0, 5, n_rows).round(3)
    table |= {"facial_expression": "Happiness"}
    table |= {name: rng.normal(size=n_rows) for name in ("gaze_yaw", "gaze_pitch")}
    return _finish(table, n_rows, columns)


def write(path, text):
    """Write a text, in a folder that may not be there yet."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def write_table(path, table, **parameters):
    """Write a table as pandas does."""
    path.parent.mkdir(parents=True, exist_ok=True)
    table.to_csv(path, index=False, **parameters)


def _finish(table, n_rows, columns):
    return pd.DataFrame(table, index=range(n_rows)).assign(**columns)
