"""The mistakes of a recognizer: faces with what they were taken for."""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Self

import numpy as np

from skfer._typing import Array
from skfer.evaluation._displays._face_sheet import choose_mistakes, describe_mistakes, take_images
from skfer.evaluation._result import EvaluationResult
from skfer.utils._images import as_grey, scale_image, to_uint8
from skfer.utils._matplotlib import Display
from skfer.utils._opencv import cv2
from skfer.utils._text import printable

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from skfer.alignment import FaceAligner

_FACE, _TEXT = 128, 44  # pixels: the side of a face, and the height of two lines
_CELL = np.array([176, _FACE + _TEXT])
_LINES_ONLY = np.array([176, _TEXT])
_N_COLUMNS = 4
_N_LETTERS = 28


class MistakesDisplay(Display):
    """Sheet of mistakes: each face with its true and predicted expression, and its name.

    Parameters
    ----------
    captions : list of (str, str)
        Two lines for each mistake.
    faces : list of ndarray of shape (height, width), default=None
        Picture of each mistake; None writes the captions only.

    Attributes
    ----------
    im_ : matplotlib AxesImage or None
        The sheet; None without faces.
    text_ : list of matplotlib Text
        The captions.
    ax_, figure_ : matplotlib Axes and Figure
        What was drawn on.

    Examples
    --------
    >>> from sklearn.dummy import DummyClassifier
    >>> from skfer.datasets import make_faces
    >>> from skfer.evaluation import MistakesDisplay, evaluate_subject_independent
    >>> data = make_faces(8, 1, image_size=(48, 48), random_state=0)
    >>> result = evaluate_subject_independent(DummyClassifier(), data.faces, data.target, cv=4)
    >>> display = MistakesDisplay.from_result(result, data.faces, n_mistakes=4)
    >>> display.text_[0].get_text().splitlines()
    ['disgust → anger, 17%', 'synthetic000, image 1']
    """

    def __init__(self, captions: Sequence[tuple[str, str]], faces: list[Array] | None = None):
        self.captions = captions
        self.faces = faces

    @classmethod
    def from_result(
        cls,
        result: EvaluationResult,
        faces: Array | None = None,
        aligner: "FaceAligner | None" = None,
        *,
        n_mistakes: int = 12,
        ax: "Axes | None" = None,
    ) -> Self:
        """Draw mistakes, the most confident first, and each confusion of a subject once.

        Parameters
        ----------
        result : EvaluationResult
            The evaluation. A column ``file`` of its images names the faces.
        faces : ndarray of shape (n_images,) or (n_images, height, width), default=None
            The face array or stack that was evaluated. None writes names only, which is for faces
            that must not be published.
        aligner : FaceAligner, default=None
            Aligns the faces that are drawn; None draws them as they are.
        n_mistakes : int, default=12
            The most mistakes to draw.
        ax : matplotlib Axes, default=None
            Axes to draw on; None makes a figure.

        Returns
        -------
        display : MistakesDisplay
            The display, drawn.
        """
        mistakes = choose_mistakes(result, n_mistakes)
        pictures = None if faces is None else take_images(faces, mistakes["image"], aligner)
        return cls(describe_mistakes(mistakes), pictures).plot(ax)

    @property
    def _cell(self):
        return _LINES_ONLY if self.faces is None else _CELL

    @property
    def _sheet_size(self):
        n_rows = max(1, math.ceil(len(self.captions) / _N_COLUMNS))
        return self._cell * (_N_COLUMNS, n_rows)

    @property
    def _figure_options(self):
        return {"figsize": tuple(self._sheet_size / 100), "layout": "constrained"}

    def _draw(self, ax):
        width, height = self._sheet_size
        self.im_, self.text_ = None, []
        if self.faces is not None:
            self.im_ = ax.imshow(self._make_sheet(), cmap="gray", vmin=0, vmax=255)
        below_face = self._cell[1] - _TEXT + 4
        for lines, place in zip(self.captions, self._corners(below_face), strict=True):
            caption = "\n".join(_shorten(line) for line in printable(lines))
            self.text_.append(ax.text(*place, caption, fontsize=7, va="top", parse_math=False))
        ax.set(xlim=(0, width), ylim=(height, 0), aspect="equal")
        ax.set_axis_off()

    def _corners(self, down):
        """Return a point of the left edge of each cell, so far down in it."""
        rows, columns = np.divmod(np.arange(len(self.captions)), _N_COLUMNS)
        return np.stack([columns, rows], axis=1) * self._cell + (0, down)

    def _make_sheet(self):
        width, height = self._sheet_size
        sheet = np.ma.masked_all((height, width), np.uint8)
        for face, (left, top) in zip(self.faces, self._corners(0), strict=True):
            grey = to_uint8(as_grey(face))
            tile = scale_image(grey, _FACE / max(grey.shape), enlarge=cv2.INTER_CUBIC)
            sheet[top : top + tile.shape[0], left : left + tile.shape[1]] = tile
        return sheet


def _shorten(line):
    return line if len(line) <= _N_LETTERS else f"…{line[1 - _N_LETTERS :]}"
