"""What the displays of one result share."""

from abc import abstractmethod

from skfer.utils._matplotlib import Display


class ResultDisplay(Display):
    """Base of the displays of one result; a subclass takes its data from it in ``_of``."""

    @classmethod
    def from_result(cls, result, *, ax=None):
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
