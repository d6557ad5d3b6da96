"""What the displays of one result share."""

from abc import abstractmethod
from typing import TYPE_CHECKING, Self

from skfer.evaluation._result import EvaluationResult
from skfer.utils._matplotlib import Display

if TYPE_CHECKING:
    from matplotlib.axes import Axes


class ResultDisplay(Display):
    """Base of the displays of one result; a subclass takes its data from it in ``_of``."""

    @classmethod
    def from_result(cls, result: EvaluationResult, *, ax: "Axes | None" = None) -> Self:
        """Draw an evaluation, pooled over its folds.

        Parameters
        ----------
        result : EvaluationResult
            The evaluation.
        ax : matplotlib Axes, default=None
            Axes to draw on; None makes a figure.

        Returns
        -------
        display : Display
            The display, drawn.
        """
        return cls._of(result).plot(ax)

    @classmethod
    @abstractmethod
    def _of(cls, result):
        """Return the display of a result, not drawn."""
