"""Faces before and after alignment, side by side."""

import math

import numpy as np

from skfer.alignment import FaceAligner
from skfer.utils._images import as_grey, scale_image, to_uint8
from skfer.utils._matplotlib import get_axes
from skfer.utils._opencv import cv2

__all__ = ["AlignmentDisplay"]

_TILE = 160  # pixels
_GAP = 8
_CAPTION = 26
_EYES = "#ffd166"
_LANDMARKS = "#06d6a0"


class AlignmentDisplay:
    """Faces before and after alignment, with their eyes and landmarks; the doubtful ones first.

    Parameters
    ----------
    faces : ndarray of shape (n_faces,)
        Face array as an :class:`~skfer.alignment.EyeLocator` returns it, in the order to draw.
    aligned : list of (ndarray of shape (n_faces,) or None)
        Each face aligned, as a face array of one; None where its eyes are unknown.
    names : sequence of str
        Captions.

    Attributes
    ----------
    im_ : matplotlib AxesImage
        The sheet.
    eye_marks_, landmark_marks_ : matplotlib PathCollection
        The points, in pixels of the sheet.
    text_ : list of matplotlib Text
        The captions.
    ax_ : matplotlib Axes
        The axes drawn on.
    figure_ : matplotlib Figure
        The figure of the axes.

    Examples
    --------
    >>> from skfer.alignment import EyeLocator
    >>> from skfer.datasets import make_faces
    >>> from skfer.inspection import AlignmentDisplay
    >>> faces = EyeLocator().fit_transform(make_faces(1, 1, random_state=0).images)
    >>> len(AlignmentDisplay.from_faces(faces, n_faces=4).text_)
    4
    """

    def __init__(self, faces, aligned, names):
        self.faces = faces
        self.aligned = aligned
        self.names = names

    @classmethod
    def from_faces(cls, faces, aligner=None, *, names=None, n_faces=24, ax=None):
        """Align the most doubtful faces and draw them.

        Parameters
        ----------
        faces : ndarray of shape (n_faces,)
            Face array as an :class:`~skfer.alignment.EyeLocator` returns it: those without eyes
            come first, then those of the least ``confidence``. Its ``landmarks`` are drawn.
        aligner : FaceAligner, default=None
            How to align; None takes ``FaceAligner()``.
        names : sequence of str, default=None
            Name of each face for its caption; None takes its position.
        n_faces : int, default=24
            The most faces to draw.
        ax : matplotlib Axes, default=None
            Axes to draw on; None makes a figure.

        Returns
        -------
        display : AlignmentDisplay
            The display, drawn.

        Raises
        ------
        ValueError
            If there are no faces, or an image file cannot be decoded.
        """
        if len(faces) == 0:
            raise ValueError("Found no faces to draw.")
        order = np.argsort(_certainty(faces), kind="stable")[:n_faces]
        names = [str(index) for index in range(len(faces))] if names is None else names
        aligner = FaceAligner() if aligner is None else aligner
        known = np.isfinite(faces["eyes"]).all(axis=(1, 2))
        aligned = [
            aligner.fit_transform(faces[index : index + 1]) if known[index] else None
            for index in order
        ]
        return cls(faces[order], aligned, [names[index] for index in order]).plot(ax)

    def plot(self, ax=None, *, n_columns=4):
        """Draw the sheet.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Axes to draw on; None makes a figure.
        n_columns : int, default=4
            Faces in a row, each twice.

        Returns
        -------
        display : AlignmentDisplay
            The display itself.
        """
        n_columns = min(n_columns, len(self.faces))
        n_rows = math.ceil(len(self.faces) / n_columns)
        cell_width, cell_height = 2 * _TILE + _GAP, _TILE + _CAPTION
        sheet = np.full((n_rows * cell_height, n_columns * cell_width), 255, np.uint8)
        ax = get_axes(ax, self, figsize=(sheet.shape[1] / 110, sheet.shape[0] / 110))
        eyes, landmarks, self.text_ = [], [], []
        for index, (face, aligned, name) in enumerate(
            zip(self.faces, self.aligned, self.names, strict=True)
        ):
            row, column = divmod(index, n_columns)
            corner = np.array([column * cell_width, row * cell_height + _CAPTION])
            for shown in (face, None if aligned is None else aligned[0]):
                if shown is not None:
                    to_sheet = _draw_tile(sheet, as_grey(shown["image"]), corner)
                    eyes.append(to_sheet(shown["eyes"]))
                    if "landmarks" in shown.dtype.names:
                        landmarks.append(to_sheet(shown["landmarks"]))
                corner = corner + (_TILE, 0)
            self.text_.append(
                ax.text(
                    column * cell_width + 2,
                    row * cell_height + _CAPTION - 6,
                    _caption(face, name),
                    fontsize=7,
                )
            )
        self.im_ = ax.imshow(sheet, cmap="gray", vmin=0, vmax=255)
        self.landmark_marks_ = _scatter(ax, landmarks, 1.5, _LANDMARKS)
        self.eye_marks_ = _scatter(ax, eyes, 9, _EYES)
        ax.set_axis_off()
        self.ax_, self.figure_ = ax, ax.figure
        return self


def _certainty(faces):
    known = np.isfinite(faces["eyes"]).all(axis=(1, 2))
    sure = faces["confidence"] if "confidence" in faces.dtype.names else np.ones(len(faces))
    return np.where(known, sure, -1.0)


def _caption(face, name):
    name = name if len(name) <= 30 else f"…{name[-29:]}"
    if not np.isfinite(face["eyes"]).all():
        return f"{name}: no eyes"
    return f"{name}: {face['confidence']:.2f}" if "confidence" in face.dtype.names else name


def _draw_tile(sheet, grey, corner):
    """Put a picture into the sheet; return how points of it go there."""
    scale = _TILE / max(grey.shape)
    tile = scale_image(to_uint8(grey), scale, enlarge=cv2.INTER_NEAREST)
    height, width = tile.shape
    left, top = corner
    sheet[top : top + height, left : left + width] = tile
    inside = np.array([width, height]) / scale - 0.5

    def to_sheet(points):
        seen = ((points >= -0.5) & (points <= inside)).all(axis=1)
        return (points[seen] + 0.5) * scale - 0.5 + corner

    return to_sheet


def _scatter(ax, points, size, colour):
    points = np.concatenate([np.empty((0, 2)), *points])
    return ax.scatter(*points.T, s=size, c=colour, linewidths=0)
