"""The axes of the displays."""

from skfer.utils._optional import require

__all__ = ["get_axes"]


def get_axes(ax, display, **figure_options):
    """Return the axes to draw on, in a new figure if none are given."""
    pyplot = require("matplotlib.pyplot", extra="plot", needed_by=type(display).__name__)
    return pyplot.subplots(**figure_options)[1] if ax is None else ax
