"""Accuracy of each subject, sorted: how uneven a recognizer is over people."""

from typing import TYPE_CHECKING, Self

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from skfer.evaluation._displays._drawing import BLUE, RED, put_legend_above, show_shares
from skfer.evaluation._displays._result_display import ResultDisplay
from skfer.utils._text import printable

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_NAMES_PER_INCH = 5


class SubjectAccuracyDisplay(ResultDisplay):
    """Accuracy of every subject, in ascending order, with the mean over subjects.

    Parameters
    ----------
    subjects : array-like of shape (n_subjects,)
        Subject identifiers.
    accuracies : array-like of shape (n_subjects,)
        Share of correctly classified images of each subject, between 0 and 1.

    Attributes
    ----------
    bars_ : matplotlib BarContainer
        One bar per subject.
    mean_line_ : matplotlib Line2D
        The mean over subjects, each counting the same.
    ax_, figure_ : matplotlib Axes and Figure
        What was drawn on.

    Examples
    --------
    >>> from skfer.evaluation import SubjectAccuracyDisplay
    >>> display = SubjectAccuracyDisplay.from_predictions(
    ...     ["happy", "sad", "happy"], ["happy", "happy", "happy"], ["anna", "anna", "ben"])
    >>> [float(bar.get_height()) for bar in display.bars_]
    [0.5, 1.0]
    """

    _figure_options = {"figsize": (8, 3), "layout": "constrained"}

    def __init__(self, subjects: ArrayLike, accuracies: ArrayLike):
        self.subjects = subjects
        self.accuracies = accuracies

    @classmethod
    def from_predictions(
        cls, y_true: ArrayLike, y_pred: ArrayLike, subjects: ArrayLike, *, ax: "Axes | None" = None
    ) -> Self:
        """Draw the accuracies of predictions.

        Parameters
        ----------
        y_true, y_pred : array-like of shape (n_images,)
            True and predicted labels.
        subjects : array-like of shape (n_images,)
            Subject of each image.
        ax : matplotlib Axes, default=None
            Axes to draw on; None makes a figure.

        Returns
        -------
        display : SubjectAccuracyDisplay
            The display, drawn.
        """
        correct = pd.Series(np.asarray(y_true) == np.asarray(y_pred))
        accuracy = correct.groupby(np.asarray(subjects)).mean()
        return cls(accuracy.index.to_numpy(), accuracy.to_numpy()).plot(ax)

    @classmethod
    def _of(cls, result):
        frame = result.subjects
        return cls(frame["subject"].to_numpy(), frame["accuracy"].to_numpy())

    def _draw(self, ax):
        order = np.argsort(self.accuracies, kind="stable")
        accuracies = np.asarray(self.accuracies)[order]
        positions = np.arange(len(order))
        self.bars_ = ax.bar(positions, accuracies, width=0.85, color=BLUE)
        mean = accuracies.mean()
        self.mean_line_ = ax.axhline(
            mean, color=RED, linewidth=1.2, label=f"mean over subjects {mean:.1%}"
        )
        ax.set(xlabel=f"subject ({len(order)}, sorted)", ylabel="accuracy")
        show_shares(ax, "y")
        ax.margins(x=0.01)
        if len(order) <= _NAMES_PER_INCH * ax.figure.get_figwidth():
            names = printable(np.asarray(self.subjects)[order])
            ax.set_xticks(positions, names, rotation=90, fontsize="small", parse_math=False)
        else:
            ax.set_xticks([])
        put_legend_above(ax)
