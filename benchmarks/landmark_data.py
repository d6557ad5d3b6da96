"""Portraits with landmarks, and what is done to them: for training, and to make them hard."""

from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from skfer.alignment import HaarFaceDetector
from skfer.alignment._detection import rank_faces
from skfer.utils._opencv import cv2

# Points of the 189 of the Face Research Lab template, and their mirror images, by picture side.
POINTS = {
    "left pupil": (0, 1),
    "right pupil": (1, 0),
    "left eye, outer corner": (18, 27),
    "left eye, upper lid": (20, 25),
    "left eye, inner corner": (22, 23),
    "left eye, lower lid": (29, 32),
    "right eye, inner corner": (23, 22),
    "right eye, upper lid": (25, 20),
    "right eye, outer corner": (27, 18),
    "right eye, lower lid": (32, 29),
    "left brow, outer end": (71, 82),
    "left brow, arch": (73, 80),
    "left brow, inner end": (75, 78),
    "right brow, inner end": (78, 75),
    "right brow, arch": (80, 73),
    "right brow, outer end": (82, 71),
    "left nostril wing, lower": (63, 68),
    "left nostril wing, upper": (61, 66),
    "nose tip": (55, 55),
    "right nostril wing, upper": (66, 61),
    "right nostril wing, lower": (68, 63),
    "left mouth corner": (87, 93),
    "upper lip, left": (88, 92),
    "upper lip, middle": (90, 90),
    "upper lip, right": (92, 88),
    "right mouth corner": (93, 87),
    "lower lip, left": (104, 108),
    "lower lip, middle": (106, 106),
    "lower lip, right": (108, 104),
    "left jaw": (126, 132),
    "chin": (129, 129),
    "right jaw": (132, 126),
}
_COLUMNS = [own for own, _ in POINTS.values()]
_MIRRORED = [_COLUMNS.index(other) for _, other in POINTS.values()]


class Portrait(NamedTuple):
    """A grey picture, its points (n_points, 2), NaN if unknown, its face box and its subject."""

    image: np.ndarray
    points: np.ndarray
    box: np.ndarray
    subject: str


def load_portraits(folder):
    """Read the portraits of the sub-folders `london` and `landmark_extra`, with Haar's boxes."""
    portraits = []
    for name in ("london", "landmark_extra"):
        table = pd.read_csv(Path(folder, name, "landmarks.csv"))
        for file, *coordinates in table.itertuples(index=False):
            image = cv2.imread(str(Path(folder, name, file)), cv2.IMREAD_GRAYSCALE)
            points = np.array(coordinates, dtype=float).reshape(-1, 2)[_COLUMNS]
            # 001_neutral, canada_003f; the four of lisa show one person.
            stem = Path(file).stem
            subject = "lisa" if stem.startswith("lisa") else stem.removesuffix("_neutral")
            portraits.append(Portrait(image, points, face_box(image), subject))
    return portraits


def face_box(image):
    """Return Haar's face box as (x, y, width, height), or the whole picture."""
    boxes, scores, _ = HaarFaceDetector().detect(image)
    if len(boxes) == 0:
        return np.array([0, 0, *image.shape[::-1]], dtype=float)
    return boxes[rank_faces(boxes, scores, image.shape)[0]]


def mirror(portrait):
    image, points, (x, y, width, height), subject = portrait
    points = points[_MIRRORED] * (-1, 1) + (image.shape[1] - 1, 0)
    box = np.array([image.shape[1] - x - width, y, width, height])
    return Portrait(np.ascontiguousarray(image[:, ::-1]), points, box, subject)


def resize(portrait, scale):
    image, points, box, subject = portrait
    image = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    return Portrait(image, (points + 0.5) * scale - 0.5, box * scale, subject)


def eye_distance(portrait):
    return np.linalg.norm(portrait.points[1] - portrait.points[0])


def degrade(portrait, rng):
    """Draw a worse copy: small, blurred, dark or bright, flat, noisy, covered, compressed."""
    distance = np.exp(rng.uniform(np.log(14), np.log(110)))
    portrait = resize(portrait, min(1, distance / eye_distance(portrait)))
    distance = eye_distance(portrait)
    image = portrait.image.astype(np.float32)
    if rng.random() < 0.5:
        image = cv2.GaussianBlur(image, (0, 0), rng.uniform(0.3, 0.3 + 0.04 * distance))
    image = 255 * (image / 255) ** np.exp(rng.uniform(-0.7, 0.7))
    image = image * rng.uniform(0.4, 1) + rng.uniform(0, 40)
    image = image + rng.normal(0, rng.uniform(0, 8), image.shape)
    if rng.random() < 0.3:
        centre = portrait.points[rng.integers(len(portrait.points))]
        half = rng.uniform(0.1, 0.35, 2) * distance
        left, top = np.maximum(centre - half, 0).astype(int)
        right, bottom = np.maximum(centre + half, 1).astype(int)
        image[top:bottom, left:right] = rng.uniform(0, 255)
    image = np.clip(image, 0, 255).astype(np.uint8)
    if rng.random() < 0.5:
        image = compress(image, int(rng.integers(25, 95)))
    return portrait._replace(image=image)


def compress(image, quality):
    data = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    return cv2.imdecode(data, cv2.IMREAD_GRAYSCALE)


def roll_and_spoil(portrait, rng):
    """Roll by 20 degrees, halve the size, gamma from 0.5 to 2, JPEG at quality 30."""
    height, width = portrait.image.shape
    roll = cv2.getRotationMatrix2D((width / 2, height / 2), 20 * rng.choice([-1, 1]), 1)
    image = cv2.warpAffine(portrait.image, roll, (width, height), borderMode=cv2.BORDER_REPLICATE)
    points = portrait.points @ roll[:, :2].T + roll[:, 2]
    small = resize(portrait._replace(image=image, points=points), 0.5)
    gamma = 2 ** rng.uniform(-1, 1)
    image = compress((255 * (small.image / 255) ** gamma).round().astype(np.uint8), 30)
    return small._replace(image=image, box=face_box(image))


def shrink_to_crop(portrait, _rng):
    """Crop to 48x48 with 20 pixels between the eyes, as the circulating crops are."""
    scale = 20 / eye_distance(portrait)
    place = np.array([24, 17]) - scale * portrait.points[:2].mean(axis=0)
    smooth = cv2.GaussianBlur(portrait.image, (0, 0), 0.4 / scale)
    transform = np.column_stack([np.eye(2) * scale, place])
    image = cv2.warpAffine(smooth, transform, (48, 48), borderMode=cv2.BORDER_REPLICATE)
    return Portrait(image, portrait.points * scale + place, face_box(image), portrait.subject)
