"""Confidence and accuracy: whether a probability is to be believed."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from skfer.evaluation import _metrics
from skfer.evaluation._displays._drawing import BLUE, put_legend_above, show_shares
from skfer.evaluation._displays._result_display import ResultDisplay

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_POINT_AREA = 300  # of the point that has all predictions, in square points


class ReliabilityDisplay(ResultDisplay):
    """Accuracy of the predictions in bins of confidence, their highest probability.

    On the diagonal, a recognizer is right as often as it says; below, it is overconfident. The area
    of a point is the number of its predictions.

    Parameters
    ----------
    bins : DataFrame
        One row per bin, as :meth:`EvaluationResult.calibration` gives: ``n_predictions``,
        ``confidence`` and ``accuracy``.

    Attributes
    ----------
    line_ : matplotlib Line2D
        Accuracy over confidence.
    points_ : matplotlib PathCollection
        The bins.
    ax_, figure_ : matplotlib Axes and Figure
        What was drawn on.

    See Also
    --------
    sklearn.calibration.CalibrationDisplay : For the probability of one of two classes.

    Examples
    --------
    >>> from skfer.evaluation import ReliabilityDisplay
    >>> display = ReliabilityDisplay.from_predictions(
    ...     ["happy", "sad"], [[0.75, 0.25], [0.75, 0.25]], labels=["happy", "sad"])
    >>> display.line_.get_xydata().tolist()
    [[0.75, 0.5]]
    """

    _figure_options = {"figsize": (4.5, 4.2), "layout": "constrained"}

    def __init__(self, bins: pd.DataFrame):
        self.bins = bins

    @classmethod
    def from_predictions(
        cls,
        y_true: ArrayLike,
        probabilities: ArrayLike,
        *,
        labels: Sequence[Any],
        n_bins: int = 10,
        ax: "Axes | None" = None,
    ) -> Self:
        """Draw the reliability of probabilities.

        Parameters
        ----------
        y_true : array-like of shape (n_images,)
            True labels.
        probabilities : array-like of shape (n_images, n_classes)
            Probability of each class.
        labels : sequence of length n_classes
            The classes of the columns, such as ``classifier.classes_``.
        n_bins : int, default=10
            Number of bins of equal width between 0 and 1; empty ones are left out.
        ax : matplotlib Axes, default=None
            Axes to draw on; None makes a figure.

        Returns
        -------
        display : ReliabilityDisplay
            The display, drawn.
        """
        images = pd.DataFrame(np.asarray(probabilities), columns=[f"proba_{x}" for x in labels])
        images["y_true"] = np.asarray(y_true)
        images["y_pred"] = np.asarray(labels)[images.filter(like="proba_").to_numpy().argmax(1)]
        return cls(_metrics.calibration_frame(images, labels, n_bins)).plot(ax)

    @classmethod
    def _of(cls, result):
        return cls(result.calibration())

    def _draw(self, ax):
        confidence, accuracy = self.bins["confidence"], self.bins["accuracy"]
        weights = self.bins["n_predictions"] / self.bins["n_predictions"].sum()
        error = (weights * (confidence - accuracy).abs()).sum()
        ax.plot([0, 1], [0, 1], color="gray", linestyle=":")
        (self.line_,) = ax.plot(
            confidence, accuracy, color=BLUE, label=f"calibration error {error:.1%}"
        )
        # A point of few predictions is still to be seen, and one at the edge is whole.
        areas = 8 + _POINT_AREA * weights
        self.points_ = ax.scatter(confidence, accuracy, areas, color=BLUE, clip_on=False)
        ax.set(xlabel="confidence", ylabel="accuracy", aspect="equal")
        show_shares(ax, "x")
        show_shares(ax, "y")
        put_legend_above(ax)
