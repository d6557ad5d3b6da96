"""Confusion matrix of expressions: counts, and their percentages of the row."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.metrics import confusion_matrix

from skfer._typing import Array
from skfer.evaluation._displays._result_display import ResultDisplay
from skfer.utils._text import printable

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_DARK = 0.65  # of the share: from here on, white letters are read better


class ExpressionConfusionDisplay(ResultDisplay):
    """Confusion matrix with counts, and with percentages of the row as numbers and colours.

    Expressions are rarely balanced. The percentage of a cell is that of its row, so the diagonal
    shows the recall of each expression.

    Parameters
    ----------
    confusion_matrix : ndarray of shape (n_classes, n_classes), dtype int
        Counts; rows are true labels, columns predictions.
    display_labels : sequence of str of length n_classes
        Names of the classes.

    Attributes
    ----------
    im_ : matplotlib AxesImage
        The coloured matrix.
    text_ : ndarray of shape (n_classes, n_classes)
        The matplotlib Text of each cell.
    ax_, figure_ : matplotlib Axes and Figure
        What was drawn on.

    See Also
    --------
    sklearn.metrics.ConfusionMatrixDisplay : Counts or shares.

    Examples
    --------
    >>> from skfer.evaluation import ExpressionConfusionDisplay
    >>> display = ExpressionConfusionDisplay.from_predictions(
    ...     ["happy", "happy", "sad"], ["happy", "sad", "sad"])
    >>> display.text_[0, 0].get_text().splitlines()
    ['1', '50%']
    """

    def __init__(self, confusion_matrix: Array, display_labels: ArrayLike):
        self.confusion_matrix = confusion_matrix
        self.display_labels = display_labels

    @classmethod
    def from_predictions(
        cls,
        y_true: ArrayLike,
        y_pred: ArrayLike,
        *,
        labels: Sequence[Any] | None = None,
        ax: "Axes | None" = None,
    ) -> Self:
        """Draw the confusion matrix of predictions.

        Parameters
        ----------
        y_true, y_pred : array-like of shape (n_images,)
            True and predicted labels.
        labels : sequence of length n_classes, default=None
            The classes and their order; None takes all labels that occur, sorted.
        ax : matplotlib Axes, default=None
            Axes to draw on; None makes a figure.

        Returns
        -------
        display : ExpressionConfusionDisplay
            The display, drawn.
        """
        if labels is None:
            labels = np.union1d(y_true, y_pred)
        return cls(confusion_matrix(y_true, y_pred, labels=labels), labels).plot(ax)

    @classmethod
    def _of(cls, result):
        return cls(result.confusion_matrix, result.classes)

    @property
    def _figure_options(self):
        side = 2.2 + 0.55 * len(self.display_labels)
        return {"figsize": (side, side), "layout": "constrained"}

    def _draw(self, ax):
        counts = np.asarray(self.confusion_matrix)
        shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
        self.im_ = ax.imshow(shares, cmap=_fade("#2f6690"), vmin=0, vmax=1)
        numbers = range(len(counts))
        names = printable(self.display_labels)
        ax.set(xlabel="predicted expression", ylabel="true expression")
        ax.set_yticks(numbers, names, parse_math=False)
        ax.set_xticks(
            numbers, names, parse_math=False, rotation=45, ha="right", rotation_mode="anchor"
        )
        ax.tick_params(length=0)
        side = 72 * min(ax.figure.get_size_inches()) / (len(counts) + 3)  # of a cell, about
        self.text_ = np.empty(counts.shape, object)
        for cell, count in np.ndenumerate(counts):
            style = {"color": "white"} if shares[cell] > _DARK else {}
            self.text_[cell] = ax.text(
                *cell[::-1],
                f"{count}\n{shares[cell]:.0%}" if count else "0",
                ha="center",
                va="center",
                fontsize=min(10, side / 3.4),
                linespacing=1.1,
                **style,
            )


def _fade(color):
    """Return a colour map from nothing to a colour: it leaves a white or black page as it is."""
    from matplotlib.colors import LinearSegmentedColormap, to_rgba

    return LinearSegmentedColormap.from_list("fade", [to_rgba(color, 0), to_rgba(color, 1)])
