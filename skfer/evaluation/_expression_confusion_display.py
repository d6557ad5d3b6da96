"""Confusion matrix of expressions: colours are shares of a row, cells are counts."""

import numpy as np
from sklearn.metrics import ConfusionMatrixDisplay, confusion_matrix

from skfer.evaluation._result_display import ResultDisplay
from skfer.utils._text import printable


class ExpressionConfusionDisplay(ResultDisplay):
    """Confusion matrix with row-normalized colours and counts in the cells.

    Expressions are rarely balanced. The colour of a cell is its share of the row, so the
    diagonal shows the recall of each expression; the number is the count of images.

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
    sklearn.metrics.ConfusionMatrixDisplay : Draws the matrix.

    Examples
    --------
    >>> from skfer.evaluation import ExpressionConfusionDisplay
    >>> display = ExpressionConfusionDisplay.from_predictions(
    ...     ["happy", "happy", "sad"], ["happy", "sad", "sad"])
    >>> display.text_[0, 0].get_text()
    '1'
    """

    def __init__(self, confusion_matrix, display_labels):
        self.confusion_matrix = confusion_matrix
        self.display_labels = display_labels

    @classmethod
    def from_predictions(cls, y_true, y_pred, *, labels=None, ax=None):
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

    def _draw(self, ax):
        counts = np.asarray(self.confusion_matrix)
        shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
        drawn = ConfusionMatrixDisplay(shares, display_labels=printable(self.display_labels)).plot(
            ax=ax, cmap="Blues", colorbar=False, im_kw={"vmin": 0, "vmax": 1}
        )
        self.im_, self.text_ = drawn.im_, drawn.text_
        for text, count in zip(self.text_.ravel(), counts.ravel(), strict=True):
            text.set_text(str(count))
        ax.set(xlabel="predicted expression", ylabel="true expression")
        ax.tick_params(axis="x", rotation=45)
        for label in ax.get_xticklabels():
            label.set(ha="right", rotation_mode="anchor")
        for label in (*ax.get_xticklabels(), *ax.get_yticklabels()):
            label.set_parse_math(False)
        ax.figure.colorbar(self.im_, ax=ax, label="share of the row", fraction=0.046, pad=0.04)
