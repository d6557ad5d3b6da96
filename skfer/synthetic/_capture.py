"""How a synthetic face is photographed: pose in the picture, light, contrast, blur and noise."""

from types import SimpleNamespace

import numpy as np

from skfer.utils._opencv import cv2

# Mean, spread from subject to subject and from moment to moment; angles in radians, lengths in
# inter-eye distances, `zoom` and `contrast` as logarithms.
_CAPTURE = {
    "roll": (0.0, 0.021, 0.0105),
    "zoom": (0.0, 0.015, 0.006),
    "x": (0.0, 0.015, 0.01),
    "y": (0.0, 0.015, 0.01),
    "azimuth": (0.0, 0.122, 0.026),
    "elevation": (0.42, 0.08, 0.026),
    "brightness": (0.0, 0.02, 0.005),
    "contrast": (0.0, 0.08, 0.0),
    "blur": (0.012, 0.003, 0.0),
    "noise": (0.008, 0.002, 0.0),
}


_MEANS, _SPREADS, _MOMENTS = np.array([*_CAPTURE.values()]).T


def draw_session(rng):
    """Draw the camera and the light one subject sits before."""
    deviations = np.clip(rng.standard_normal(len(_CAPTURE)), -2.5, 2.5)
    return _make_session(_MEANS + _SPREADS * deviations)


def move_head(session, rng, amount):
    """Draw the same session a moment later: head and light a little elsewhere."""
    drift = amount * _MOMENTS * rng.standard_normal(len(_CAPTURE))
    return _make_session(_values_of(session) + drift)


def turn_head(start, end, share):
    """Return a session on the way from one moment to another, `share` from 0 to 1 of it."""
    before = _values_of(start)
    return _make_session(before + share * (_values_of(end) - before))


def _make_session(values):
    return SimpleNamespace(**dict(zip(_CAPTURE, values.tolist(), strict=True)))


def _values_of(session):
    return np.array([*vars(session).values()])


def light_direction(capture):
    """Return the unit vector towards the light: right, down, towards the camera."""
    across = np.cos(capture.elevation)
    x, z = across * np.sin(capture.azimuth), across * np.cos(capture.azimuth)
    return np.array([x, -np.sin(capture.elevation), z])


def make_camera(capture, image_size):
    """Return the affine map from inter-eye distances to pixels, of shape (2, 3)."""
    height, width = image_size
    pixels = np.exp(capture.zoom) * min(height / 2.8, width / 2.55)
    cosine, sine = pixels * np.cos(capture.roll), pixels * np.sin(capture.roll)
    rotation = np.array([[cosine, -sine], [sine, cosine]])
    # The middle of a face lies below its eyes.
    middle = np.array([-capture.x, 0.46 - capture.y])
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


def take_picture(picture, canvas, camera, capture, image_size, rng):
    """Photograph a rendered canvas as uint8 pixels of shape `image_size`."""
    height, width = image_size
    pixels = np.hypot(camera[0, 0], camera[1, 0])
    finer = max(2, round(canvas.scale / pixels))
    to_canvas = np.array(
        [[1 / canvas.scale, 0, canvas.x[0]], [0, 1 / canvas.scale, canvas.y[0]], [0, 0, 1]]
    )
    # A pixel of the photograph is a square of finer ones, whose middle is its centre.
    warp = finer * camera @ to_canvas
    warp[:, 2] += (finer - 1) / 2
    size, border = (width * finer, height * finer), cv2.BORDER_REPLICATE
    photograph = cv2.warpAffine(picture, warp, size, flags=cv2.INTER_LINEAR, borderMode=border)
    photograph = cv2.GaussianBlur(photograph, (0, 0), max(capture.blur * pixels * finer, 0.3))
    photograph = cv2.resize(photograph, (width, height), interpolation=cv2.INTER_AREA)
    # Exposed, as by a camera, for the middle of the picture, where the face is.
    metered = photograph[height // 5 : -(height // 5), width // 5 : -(width // 5)]
    contrast = float(0.19 * np.exp(capture.contrast) / (0.03 + metered.std()))
    photograph = 0.48 + capture.brightness + contrast * (photograph - metered.mean())
    photograph += capture.noise * rng.standard_normal(photograph.shape, dtype=np.float32)
    return np.clip(np.round(255 * photograph), 0, 255).astype(np.uint8)
