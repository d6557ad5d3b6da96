"""Accuracy over the number of people to learn from: whether more people would help."""

from typing import TYPE_CHECKING, Self

import pandas as pd

from skfer.evaluation._displays._drawing import show_shares
from skfer.evaluation._result import EvaluationResult
from skfer.utils._matplotlib import Display
from skfer.utils._text import printable

if TYPE_CHECKING:
    from matplotlib.axes import Axes


class SubjectLearningCurveDisplay(Display):
    """Pooled accuracy over the number of training subjects, with its 95 % interval over subjects.

    Parameters
    ----------
    curve : DataFrame
        One row per number of subjects: ``n_train_subjects``, ``pooled_accuracy``, ``ci_low`` and
        ``ci_high``.
    name : str, default=None
        Name of the method for the legend; None draws no legend.

    Attributes
    ----------
    line_ : matplotlib Line2D
        The accuracies.
    band_ : matplotlib PolyCollection
        Their intervals.
    ax_, figure_ : matplotlib Axes and Figure
        What was drawn on.

    See Also
    --------
    evaluate_learning_curve : Computes the curve.

    Examples
    --------
    >>> import pandas as pd
    >>> from skfer.evaluation import SubjectLearningCurveDisplay
    >>> curve = pd.DataFrame({
    ...     "n_train_subjects": [10, 20, 40], "pooled_accuracy": [0.5, 0.75, 0.8],
    ...     "ci_low": [0.4, 0.6, 0.7], "ci_high": [0.6, 0.8, 0.9]})
    >>> SubjectLearningCurveDisplay(curve).plot().line_.get_xdata().tolist()
    [10, 20, 40]
    """

    _figure_options = {"figsize": (6, 3.8), "layout": "constrained"}

    def __init__(self, curve: pd.DataFrame, *, name: str | None = None):
        self.curve = curve
        self.name = name

    @classmethod
    def from_results(
        cls, results: dict[int, EvaluationResult], *, ax: "Axes | None" = None
    ) -> Self:
        """Draw evaluations of one method with different numbers of training subjects.

        Parameters
        ----------
        results : dict of int to EvaluationResult
            The result of each number of training subjects, as :func:`evaluate_learning_curve`
            gives. To compare methods, draw each on the same axes.
        ax : matplotlib Axes, default=None
            Axes to draw on; None makes a figure.

        Returns
        -------
        display : SubjectLearningCurveDisplay
            The display, drawn.
        """
        numbers = sorted(results)
        curve = pd.DataFrame(results[number].summary() for number in numbers)
        curve.insert(0, "n_train_subjects", numbers)
        return cls(curve, name=results[numbers[0]].method).plot(ax)

    def _draw(self, ax):
        numbers = self.curve["n_train_subjects"]
        label = None if self.name is None else printable([self.name])[0]
        (self.line_,) = ax.plot(numbers, self.curve["pooled_accuracy"], "o-", label=label)
        self.band_ = ax.fill_between(
            numbers,
            self.curve["ci_low"],
            self.curve["ci_high"],
            color=self.line_.get_color(),
            alpha=0.2,
            linewidth=0,
        )
        ax.set(xlabel="training subjects", ylabel="accuracy, with 95 % interval")
        show_shares(ax, "y")
        ax.set_xlim(left=0)
        if label is not None:
            for text in ax.legend(loc="lower right", frameon=False).get_texts():
                text.set_parse_math(False)
