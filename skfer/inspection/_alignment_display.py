"""Faces before and after alignment, side by side."""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Self

import numpy as np

from skfer._typing import Array, FaceArray
from skfer.alignment import FaceAligner
from skfer.faces import is_sequence
from skfer.utils._images import as_grey, scale_image, to_uint8
from skfer.utils._matplotlib import Display
from skfer.utils._opencv import cv2
from skfer.utils._sequences import middle_frame
from skfer.utils._text import printable

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_TILE = 160  # pixels
_CAPTION = 26
_CELL = (2 * _TILE + 8, _TILE + _CAPTION)  # a face, before and after
_N_COLUMNS = 4
_EYES = "#ffd166"
_LANDMARKS = "#06d6a0"


class AlignmentDisplay(Display):
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
    ax_, figure_ : matplotlib Axes and Figure
        What was drawn on.

    Examples
    --------
    >>> from skfer.alignment import EyeLocator
    >>> from skfer.datasets import make_faces
    >>> from skfer.inspection import AlignmentDisplay
    >>> faces = EyeLocator().fit_transform(make_faces(1, 1, random_state=0).images)
    >>> len(AlignmentDisplay.from_faces(faces, n_faces=4).text_)
    4
    """

    def __init__(self, faces: FaceArray, aligned: list[Array | None], names: Sequence[str]):
        self.faces = faces
        self.aligned = aligned
        self.names = names

    @classmethod
    def from_faces(
        cls,
        faces: FaceArray,
        aligner: FaceAligner | None = None,
        *,
        names: Sequence[str] | None = None,
        n_faces: int = 24,
        ax: "Axes | None" = None,
    ) -> Self:
        """Align the most doubtful faces and draw them.

        Parameters
        ----------
        faces : ndarray of shape (n_faces,)
            Face array as an :class:`~skfer.alignment.EyeLocator` returns it: those without eyes
            come first, then those of least ``confidence``. Its ``landmarks`` are drawn. Of a
            sequence, the frame in the middle is drawn, with the eyes that stand for all.
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

    @property
    def _sheet_shape(self):
        n_rows = math.ceil(len(self.faces) / _N_COLUMNS)
        return n_rows * _CELL[1], min(_N_COLUMNS, len(self.faces)) * _CELL[0]

    @property
    def _figure_options(self):
        height, width = self._sheet_shape
        return {"figsize": (width / 110, height / 110)}

    def _draw(self, ax):
        sheet = np.full(self._sheet_shape, 255, np.uint8)
        eyes, landmarks, self.text_ = [], [], []
        for index, (face, aligned, name) in enumerate(
            zip(self.faces, self.aligned, self.names, strict=True)
        ):
            row, column = divmod(index, _N_COLUMNS)
            left, top = corner = np.array([column, row]) * _CELL + (0, _CAPTION)
            for shown in (face, None if aligned is None else aligned[0]):
                if shown is not None:
                    to_sheet = _draw_tile(sheet, _decode(shown["image"]), corner)
                    eyes.append(to_sheet(shown["eyes"]))
                    if "landmarks" in shown.dtype.names:
                        landmarks.append(to_sheet(shown["landmarks"]))
                corner = corner + (_TILE, 0)
            (caption,) = printable([_caption(face, name)])
            self.text_.append(ax.text(left + 2, top - 6, caption, fontsize=7, parse_math=False))
        self.im_ = ax.imshow(sheet, cmap="gray", vmin=0, vmax=255)
        self.landmark_marks_ = _scatter(ax, landmarks, 1.5, _LANDMARKS)
        self.eye_marks_ = _scatter(ax, eyes, 9, _EYES)
        ax.set_axis_off()


def _decode(image):
    return middle_frame(image, "A sequence") if is_sequence(image) else as_grey(image)


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
