"""How a synthetic face is photographed: pose in the picture, light, contrast, blur and noise."""

from dataclasses import dataclass, replace

import numpy as np

from skfer.utils._opencv import cv2


@dataclass(frozen=True)
class Capture:
    """The camera and the light of one picture; lengths in inter-eye distances."""

    roll: float
    scale: float
    shift: tuple
    light_azimuth: float
    light_elevation: float
    brightness: float
    contrast: float
    blur: float
    noise: float


def draw_session(rng):
    """Draw the camera and the light one subject sits before."""
    return Capture(
        roll=float(np.deg2rad(1.2) * rng.standard_normal()),
        scale=float(np.exp(0.015 * rng.standard_normal())),
        shift=tuple((0.015 * rng.standard_normal(2)).tolist()),
        light_azimuth=float(np.deg2rad(7) * rng.standard_normal()),
        light_elevation=float(np.deg2rad(rng.uniform(16, 32))),
        brightness=float(0.02 * rng.standard_normal()),
        contrast=float(np.exp(0.08 * rng.standard_normal())),
        blur=float(rng.uniform(0.006, 0.018)),
        noise=float(rng.uniform(0.004, 0.012)),
    )


def move_head(capture, rng, amount):
    """Draw the same session a moment later: head and light a little elsewhere."""
    d_roll, d_scale, d_x, d_y, d_azimuth, d_elevation, d_brightness = rng.standard_normal(7)
    return replace(
        capture,
        roll=float(capture.roll + amount * np.deg2rad(0.6) * d_roll),
        scale=float(capture.scale * np.exp(amount * 0.006 * d_scale)),
        shift=(
            float(capture.shift[0] + amount * 0.01 * d_x),
            float(capture.shift[1] + amount * 0.01 * d_y),
        ),
        light_azimuth=float(capture.light_azimuth + amount * np.deg2rad(1.5) * d_azimuth),
        light_elevation=float(capture.light_elevation + amount * np.deg2rad(1.5) * d_elevation),
        brightness=float(capture.brightness + amount * 0.005 * d_brightness),
    )


def light_direction(capture):
    """Return the unit vector towards the light: right, down, towards the camera."""
    azimuth, elevation = capture.light_azimuth, capture.light_elevation
    return np.array(
        [
            np.sin(azimuth) * np.cos(elevation),
            -np.sin(elevation),
            np.cos(azimuth) * np.cos(elevation),
        ]
    )


def make_camera(capture, image_size):
    """Return the affine map from inter-eye distances to pixels, of shape (2, 3)."""
    height, width = image_size
    pixels = capture.scale * min(height / 2.8, width / 2.55)
    cosine, sine = pixels * np.cos(capture.roll), pixels * np.sin(capture.roll)
    rotation = np.array([[cosine, -sine], [sine, cosine]])
    # The middle of a face lies below its eyes.
    middle = np.array([0.0, 0.46]) - np.array(capture.shift)
    center = np.array([(width - 1) / 2, (height - 1) / 2])
    return np.column_stack([rotation, center - rotation @ middle])


def visible_edges(camera, image_size):
    """Return left, top, right and bottom, in inter-eye distances, of what the picture shows."""
    height, width = image_size
    corners = np.array([(0, 0), (width, 0), (0, height), (width, height)]) - 0.5
    seen = (corners - camera[:, 2]) @ np.linalg.inv(camera[:, :2]).T
    return (*seen.min(axis=0), *seen.max(axis=0))


def project(camera, points):
    """Map points in inter-eye distances to pixels."""
    return np.asarray(points) @ camera[:, :2].T + camera[:, 2]


def _expose(photograph, capture):
    """Meter the middle of the picture, where the face is, as a camera does."""
    height, width = photograph.shape
    metered = photograph[height // 5 : -(height // 5), width // 5 : -(width // 5)]
    contrast = 0.19 * capture.contrast / (0.03 + metered.std())
    return 0.48 + capture.brightness + contrast * (photograph - metered.mean())


def take_picture(picture, canvas, camera, capture, image_size, rng):
    """Photograph a rendered canvas as uint8 pixels of shape `image_size`."""
    height, width = image_size
    pixels = np.hypot(camera[0, 0], camera[1, 0])
    oversampling = max(2, round(canvas.scale / pixels))
    to_canvas_point = np.array(
        [[1 / canvas.scale, 0, canvas.x[0]], [0, 1 / canvas.scale, canvas.y[0]], [0, 0, 1]]
    )
    # A pixel of the photograph is a square of finer ones, whose middle is its centre.
    to_finer = np.array([[oversampling, 0, (oversampling - 1) / 2]] * 2)
    to_finer[1] = [0, oversampling, (oversampling - 1) / 2]
    warp = to_finer @ np.vstack([camera, [0, 0, 1]]) @ to_canvas_point
    finer = cv2.warpAffine(
        picture,
        warp,
        (width * oversampling, height * oversampling),
        flags=cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )
    blurred = cv2.GaussianBlur(finer, (0, 0), max(capture.blur * pixels * oversampling, 0.3))
    photograph = cv2.resize(blurred, (width, height), interpolation=cv2.INTER_AREA)
    photograph = _expose(photograph, capture)
    photograph += capture.noise * rng.standard_normal(photograph.shape, dtype=np.float32)
    return np.clip(np.round(255 * photograph), 0, 255).astype(np.uint8)
