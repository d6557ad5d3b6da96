"""The one place where the displays ask for matplotlib, which is optional."""

__all__ = ["get_axes"]


def get_axes(ax, display, **figure_options):
    """Return the axes to draw on, in a new figure if there are none.

    Parameters
    ----------
    ax : matplotlib Axes or None
        Given axes, handed back as they are.
    display : object
        The display that draws, for the message.
    **figure_options : dict
        Passed to ``matplotlib.pyplot.subplots``.

    Returns
    -------
    ax : matplotlib Axes
        The axes.

    Raises
    ------
    ImportError
        If matplotlib is not installed.
    """
    try:
        import matplotlib.pyplot as plt
    except ImportError as error:
        raise ImportError(
            f"{type(display).__name__} needs matplotlib. Install it with skfer's extra 'plot': "
            "pip install 'skfer[plot]'."
        ) from error
    return plt.subplots(**figure_options)[1] if ax is None else ax
