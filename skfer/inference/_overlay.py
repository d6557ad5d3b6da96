"""Predictions drawn onto the picture they are of."""

import unicodedata

import numpy as np
import pandas as pd

from skfer._typing import Array
from skfer.inference._columns import classes_of, proba_column, probability_columns
from skfer.utils._images import to_uint8
from skfer.utils._opencv import cv2
from skfer.utils._pixels import as_pixels

_FONT = cv2.FONT_HERSHEY_SIMPLEX
# From the palette of Okabe and Ito, which colour-blind people can tell apart; RGB.
_COLOURS = ((86, 180, 233), (230, 159, 0), (0, 158, 115), (204, 121, 167), (240, 228, 66))
_LIGHT, _DARK = (255, 255, 255), (30, 30, 30)
_LINE = 15  # pixels between the bars of a picture 480 pixels high
_BARS = 122  # and the width of their panel


def draw_predictions(image: Array, predictions: pd.DataFrame) -> Array:
    """Draw box, eyes, expression and a bar for each class of the faces of one picture.

    Parameters
    ----------
    image : ndarray of shape (height, width) or (height, width, 3)
        Grey or RGB pixels.
    predictions : DataFrame
        The rows of this picture; those without a face are passed over.

    Returns
    -------
    drawn : ndarray of shape (height, width, 3), dtype uint8
        A new RGB picture of the same size. The bars are beside the box where there is room, and
        left out of a picture too small for them.

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> from skfer.inference import draw_predictions
    >>> row = {"face": 0, "success": 1, "expression": "happy", "proba_happy": 0.9, "proba_sad": 0.1}
    >>> row |= {"box_x": 9, "box_y": 9, "box_width": 40, "box_height": 40}
    >>> row |= {"left_eye_x": 20, "left_eye_y": 25, "right_eye_x": 40, "right_eye_y": 25}
    >>> drawn = draw_predictions(np.zeros((60, 80), np.uint8), pd.DataFrame([row]))
    >>> drawn.shape, bool(drawn.any())
    ((60, 80, 3), True)
    """
    drawn = to_uint8(as_pixels(image))
    drawn = cv2.cvtColor(drawn, cv2.COLOR_GRAY2RGB) if drawn.ndim == 2 else drawn[..., :3].copy()
    drawn = np.ascontiguousarray(drawn)
    found = predictions[predictions["success"] == 1]
    names = classes_of(predictions)
    values = found[probability_columns(predictions)].to_numpy(dtype=float)
    scale = max(0.6, min(drawn.shape[:2]) / 480)
    for face, probabilities in zip(found.to_dict("records"), values, strict=True):
        colour = _COLOURS[int(face["face"]) % len(_COLOURS)]
        box = _draw_places(drawn, face, colour, scale)
        label = f"#{face['face']} {face['expression']}"
        if names:
            label += f" {face[proba_column(face['expression'])]:.2f}"
            _draw_bars(drawn, box, names, probabilities, colour, scale)
        _write(drawn, label, (box[0], box[1] - round(4 * scale)), 0.5 * scale, ground=colour)
    return drawn


def _draw_places(image, face, colour, scale):
    """Draw box and eyes; returns the corners of the box, within the picture or not."""
    thickness = max(1, round(1.6 * scale))
    left, top = round(face["box_x"]), round(face["box_y"])
    right = round(face["box_x"] + face["box_width"])
    bottom = round(face["box_y"] + face["box_height"])
    cv2.rectangle(image, (left, top), (right, bottom), colour, thickness, cv2.LINE_AA)
    for eye in ("left_eye", "right_eye"):
        centre = np.array([face[f"{eye}_x"], face[f"{eye}_y"]], dtype=float)
        if np.isfinite(centre).all():  # faces that came cropped have no eyes
            place = tuple(np.rint(centre).astype(int).tolist())
            cv2.circle(image, place, max(2, round(2.5 * scale)), colour, -1, cv2.LINE_AA)
    return left, top, right, bottom


def _draw_bars(image, box, names, probabilities, colour, scale):
    height, width = image.shape[:2]
    line, panel_width = round(_LINE * scale), round(_BARS * scale)
    panel_height = line * len(names) + round(6 * scale)
    if panel_height > height or panel_width > width / 3:
        return
    left, top, right, _ = box
    gap = round(4 * scale)
    x = right + gap
    if x + panel_width > width:  # no room on the right: on the left, else over the box
        x = left - gap - panel_width if left - gap - panel_width >= 0 else width - panel_width
    x = max(0, x)
    y = max(0, min(top, height - panel_height))
    panel = image[y : y + panel_height, x : x + panel_width]
    panel[:] = (0.35 * panel + 0.65 * np.array(_DARK)).astype(np.uint8)
    bar_left, longest = x + round(66 * scale), round(50 * scale)
    for number, (name, probability) in enumerate(zip(names, probabilities, strict=True)):
        base = y + line * (number + 1)
        _write(image, name[:10], (x + gap, base - round(1 * scale)), 0.36 * scale)
        upper = base - round(8 * scale)
        outer = (bar_left + longest, base)
        cv2.rectangle(image, (bar_left, upper), outer, (110, 110, 110), 1)
        end = bar_left + round(longest * float(np.clip(probability, 0, 1)))
        cv2.rectangle(image, (bar_left, upper), (end, base), colour, -1)


def _write(image, text, place, size, ground=None):
    """Write a text with its lower left corner at a place, moved into the picture."""
    text = _as_ascii(text)
    thickness = max(1, round(size * 1.4))
    (width, height), below = cv2.getTextSize(text, _FONT, size, thickness)
    x = max(0, min(place[0], image.shape[1] - width))
    y = max(height + below, min(place[1], image.shape[0] - below))
    if ground is not None:
        corners = (x, y - height - below), (x + width, y + below // 2 + 1)
        cv2.rectangle(image, *corners, ground, -1)
    ink = _LIGHT if ground is None else _DARK
    cv2.putText(image, text, (x, y), _FONT, size, ink, thickness, cv2.LINE_AA)


def _as_ascii(text):
    """Return a text in the letters that the fonts of OpenCV have: no accents, others as '?'."""
    plain = unicodedata.normalize("NFKD", str(text))
    letters = "".join(c for c in plain if not unicodedata.combining(c))
    return letters.encode("ascii", "replace").decode()
