"""Portraits as if the head were turned, the light came from a side and the wall had a pattern."""

import numpy as np

from benchmarks.landmark_data import eye_distance, resize
from skfer.utils._opencv import cv2

YAW, PITCH = 28.0, 10.0  # standard deviations in degrees
MAX_YAW, MAX_PITCH = 60.0, 20.0
CLOSE_UP = 60  # pixels


def draw_view(portrait, rng):
    """Draw a turned copy in another light, half of them before another wall."""
    portrait = close_up(portrait)
    if rng.random() < 0.5:
        portrait = change_wall(portrait, rng)
    yaw = np.clip(rng.normal(0, YAW), -MAX_YAW, MAX_YAW)
    pitch = np.clip(rng.normal(0, PITCH), -MAX_PITCH, MAX_PITCH)
    return light_from_a_side(turn(portrait, yaw, pitch), rng)


def close_up(portrait):
    """Cut out the head, at most CLOSE_UP pixels between its eyes."""
    x, y = portrait.points[:2].mean(axis=0)
    distance = eye_distance(portrait)
    left, top = np.maximum([x - 2.4 * distance, y - 2 * distance], 0).astype(int)
    right, bottom = np.ceil([x + 2.4 * distance, y + 2.6 * distance]).astype(int)
    head = portrait._replace(
        image=np.ascontiguousarray(portrait.image[top:bottom, left:right]),
        points=portrait.points - (left, top),
        box=portrait.box - (left, top, 0, 0),
    )
    return resize(head, min(1, CLOSE_UP / distance))


def turn(portrait, yaw, pitch):
    """Turn the head by yaw and pitch (degrees), with the depth of a typical face."""
    image, points, box, subject = portrait
    distance = eye_distance(portrait)
    x, y = _face_frame(portrait, *np.indices(image.shape)[::-1])
    depth = distance * typical_depth(x, y).astype(np.float32)
    point_depth = distance * typical_depth(*_face_frame(portrait, *points.T))
    axis = points[:2].mean(axis=0)  # stays where it is
    image, depth = _turn_rows(image, depth, axis[0], np.radians(yaw))
    columns, point_depth = _turn_places(points[:, 0] - axis[0], point_depth, np.radians(yaw))
    image, _ = _turn_rows(
        np.ascontiguousarray(image.T), np.ascontiguousarray(depth.T), axis[1], np.radians(pitch)
    )
    rows, _ = _turn_places(points[:, 1] - axis[1], point_depth, np.radians(pitch))
    turned = np.stack([columns, rows], axis=1) + axis
    shift = turned.mean(axis=0) - points.mean(axis=0)
    return portrait._replace(
        image=np.ascontiguousarray(image.T), points=turned, box=box + [*shift, 0, 0]
    )


def typical_depth(x, y):
    """Return the depth of a face towards the camera at places that count in eye distances.

    An ellipsoid, with a nose and lips on it; the origin is between the eyes, y goes down.
    """
    inside = 1 - (x / 1.25) ** 2 - ((y - 0.35) / 2.3) ** 2
    skull = 1.6 * np.sqrt(np.clip(inside, 0, None)) - 1.6
    along = np.clip((y + 0.1) / 0.75, 0, 1) * np.clip((0.95 - y) / 0.25, 0, 1)
    nose = 0.42 * along * np.exp(-((x / (0.12 + 0.12 * along)) ** 2) / 2)
    lips = 0.1 * np.exp(-((x / 0.4) ** 2 + ((y - 1.15) / 0.2) ** 2) / 2)
    sockets = -0.08 * np.exp(-(((np.abs(x) - 0.45) / 0.2) ** 2 + (y / 0.15) ** 2) / 2)
    return skull + nose + lips + sockets


def light_from_a_side(portrait, rng):
    """Multiply the picture by a ramp across the face, from any side."""
    x, y = _face_frame(portrait, *np.indices(portrait.image.shape)[::-1])
    angle, strength = rng.uniform(0, 2 * np.pi), abs(rng.normal(0, 0.5))
    ramp = np.exp(np.clip(strength * (np.cos(angle) * x + np.sin(angle) * (y - 0.5)), -1.5, 0.5))
    return portrait._replace(image=np.clip(portrait.image * ramp, 0, 255).astype(np.uint8))


def change_wall(portrait, rng):
    """Put blurred noise of many scales round the head."""
    image = portrait.image
    wall = np.zeros(image.shape, np.float32)
    for scale in (4, 8, 16, 32, 64):
        size = [max(2, side // scale) for side in image.shape[::-1]]
        noise = rng.normal(0, 1, size[::-1]).astype(np.float32)
        wall += cv2.resize(noise, image.shape[::-1], interpolation=cv2.INTER_CUBIC)
    wall = rng.uniform(20, 220) + rng.uniform(2, 25) * wall
    x, y = _face_frame(portrait, *np.indices(image.shape)[::-1])
    away = np.sqrt((x / 1.45) ** 2 + ((y - 0.2) / 2.2) ** 2)
    share = np.clip((away - 1) / 0.15, 0, 1)
    return portrait._replace(
        image=np.clip((1 - share) * image + share * wall, 0, 255).astype(np.uint8)
    )


def _face_frame(portrait, x, y):
    """Return places in eye distances from the middle between the eyes."""
    middle = portrait.points[:2].mean(axis=0)
    distance = eye_distance(portrait)
    return (x - middle[0]) / distance, (y - middle[1]) / distance


def _turn_places(places, depth, angle):
    return (
        places * np.cos(angle) + depth * np.sin(angle),
        depth * np.cos(angle) - places * np.sin(angle),
    )


def _turn_rows(image, depth, axis, angle):
    """Turn about an upright axis; what the head hides is not seen."""
    if angle < 0:
        image, depth = _turn_rows(
            np.ascontiguousarray(image[:, ::-1]),
            np.ascontiguousarray(depth[:, ::-1]),
            image.shape[1] - 1 - axis,
            -angle,
        )
        return image[:, ::-1], depth[:, ::-1]
    height, width = image.shape
    columns = np.arange(width, dtype=float)
    places, turned = _turn_places(columns - axis, depth, angle)
    # Seen from the near side, what lies behind the highest place so far is hidden.
    places = np.maximum.accumulate(places, axis=1) + 1e-6 * columns
    sources = np.stack([np.interp(columns - axis, row, columns) for row in places])
    rows = np.broadcast_to(np.arange(height, dtype=np.float32)[:, None], sources.shape)
    maps = sources.astype(np.float32), np.ascontiguousarray(rows)
    return (
        cv2.remap(image, *maps, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE),
        cv2.remap(turned.astype(np.float32), *maps, cv2.INTER_LINEAR),
    )
