"""Recall of each expression with its interval: what is recognized, and how sure that is."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from skfer.evaluation import _metrics
from skfer.evaluation._displays._drawing import BLUE, draw_intervals, rows_height, show_shares
from skfer.evaluation._displays._result_display import ResultDisplay
from skfer.utils._text import printable

if TYPE_CHECKING:
    from matplotlib.axes import Axes


class ClassRecallDisplay(ResultDisplay):
    """Recall of each expression with its 95 % interval over subjects.

    Parameters
    ----------
    per_class : DataFrame
        One row per class, as :attr:`EvaluationResult.per_class` gives: ``expression``,
        ``n_images``, ``recall``, ``ci_low`` and ``ci_high``.

    Attributes
    ----------
    points_ : matplotlib ErrorbarContainer
        The recalls with their intervals.
    ax_, figure_ : matplotlib Axes and Figure
        What was drawn on.

    Examples
    --------
    >>> from skfer.evaluation import ClassRecallDisplay
    >>> display = ClassRecallDisplay.from_predictions(
    ...     ["happy", "happy", "sad"], ["happy", "sad", "sad"], ["anna", "ben", "ben"])
    >>> display.points_.lines[0].get_xdata().tolist()
    [0.5, 1.0]
    """

    def __init__(self, per_class: pd.DataFrame):
        self.per_class = per_class

    @classmethod
    def from_predictions(
        cls,
        y_true: ArrayLike,
        y_pred: ArrayLike,
        subjects: ArrayLike,
        *,
        labels: Sequence[Any] | None = None,
        ax: "Axes | None" = None,
    ) -> Self:
        """Draw the recalls of predictions.

        Parameters
        ----------
        y_true, y_pred : array-like of shape (n_images,)
            True and predicted labels.
        subjects : array-like of shape (n_images,)
            Subject of each image.
        labels : sequence of length n_classes, default=None
            The classes and their order; None takes all labels that occur, sorted.
        ax : matplotlib Axes, default=None
            Axes to draw on; None makes a figure.

        Returns
        -------
        display : ClassRecallDisplay
            The display, drawn.
        """
        columns = {"y_true": y_true, "y_pred": y_pred, "subject": subjects}
        images = pd.DataFrame({name: np.asarray(values) for name, values in columns.items()})
        images["image"] = images.index
        labels = np.union1d(y_true, y_pred) if labels is None else labels
        return cls(_metrics.per_class_frame(images, labels)).plot(ax)

    @classmethod
    def _of(cls, result):
        return cls(result.per_class)

    @property
    def _figure_options(self):
        return {"figsize": (6, rows_height(len(self.per_class))), "layout": "constrained"}

    def _draw(self, ax):
        rows = self.per_class
        positions = np.arange(len(rows))
        self.points_ = draw_intervals(
            ax,
            positions,
            rows["recall"].to_numpy(),
            rows["ci_low"].to_numpy(),
            rows["ci_high"].to_numpy(),
            texts=[
                f"{recall:.0%} of {n_images}" if n_images else "no images"
                for recall, n_images in zip(rows["recall"], rows["n_images"], strict=True)
            ],
            color=BLUE,
        )
        ax.set_yticks(positions, printable(rows["expression"]), parse_math=False)
        ax.set(ylim=(len(rows) - 0.4, -0.6), xlabel="recall, with 95 % interval over subjects")
        show_shares(ax)
