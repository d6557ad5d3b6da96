"""What all displays share."""

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Self

from skfer.utils._optional import require

if TYPE_CHECKING:
    from matplotlib.axes import Axes


class Display(ABC):
    """Base of the displays; a subclass draws on given axes in ``_draw(ax)``."""

    _figure_options: dict = {}

    def plot(self, ax: "Axes | None" = None) -> Self:
        """Draw the display.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Axes to draw on; None makes a figure.

        Returns
        -------
        display : Display
            The display itself.
        """
        pyplot = require("matplotlib.pyplot", extra="plot", needed_by=type(self).__name__)
        if ax is None:
            ax = pyplot.subplots(**self._figure_options)[1]
        self._draw(ax)
        self.ax_, self.figure_ = ax, ax.figure
        return self

    @abstractmethod
    def _draw(self, ax):
        """Draw on the axes and keep the artists in attributes that end in an underscore."""
