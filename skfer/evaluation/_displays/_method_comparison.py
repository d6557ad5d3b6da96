"""Accuracies of methods, and of protocols, under one another."""

from typing import TYPE_CHECKING, Self

import numpy as np
import pandas as pd

from skfer.evaluation._displays._drawing import (
    AMBER,
    BLUE,
    GREEN,
    RED,
    draw_intervals,
    put_legend_above,
    rows_height,
    show_shares,
)
from skfer.evaluation._result import EvaluationResult, summarize_results
from skfer.utils._matplotlib import Display
from skfer.utils._text import printable

if TYPE_CHECKING:
    from matplotlib.axes import Axes

HONEST, LEAKY = "subject-independent", "leaky-image-split"
# Colour and marker, so that print in grey can be read.
_STYLES = {
    HONEST: (BLUE, "o"),
    LEAKY: (AMBER, "s"),
    "cross-dataset": (GREEN, "D"),
    "leave-one-dataset-out": (RED, "^"),
}


class MethodComparisonDisplay(Display):
    """Pooled accuracy of each method, under each protocol, with its 95 % interval over subjects.

    The intervals are those of each method alone. Methods that were evaluated on the same people can
    differ reliably although their intervals overlap; :func:`compare_results` tests the differences.

    Parameters
    ----------
    summaries : DataFrame
        One row per method and protocol, as :func:`summarize_results` gives: ``method``,
        ``protocol``, ``pooled_accuracy``, ``ci_low``, ``ci_high`` and ``chance``.

    Attributes
    ----------
    points_ : dict of str to matplotlib ErrorbarContainer
        The accuracies with their intervals, by protocol.
    chance_lines_ : matplotlib LineCollection
        The share of the most frequent class, which a constant answer reaches.
    ax_, figure_ : matplotlib Axes and Figure
        What was drawn on.

    See Also
    --------
    compare_results : Test the differences of methods.

    Examples
    --------
    >>> import pandas as pd
    >>> from skfer.evaluation import MethodComparisonDisplay
    >>> summaries = pd.DataFrame({
    ...     "method": ["1-NN", "1-NN"], "protocol": ["subject-independent", "leaky-image-split"],
    ...     "pooled_accuracy": [0.54, 0.99], "ci_low": [0.5, 0.98], "ci_high": [0.6, 1.0],
    ...     "chance": 0.25})
    >>> sorted(MethodComparisonDisplay(summaries).plot().points_)
    ['leaky-image-split', 'subject-independent']
    """

    def __init__(self, summaries: pd.DataFrame):
        self.summaries = summaries

    @classmethod
    def from_results(
        cls,
        results: list[EvaluationResult] | dict[str, EvaluationResult],
        *,
        ax: "Axes | None" = None,
    ) -> Self:
        """Draw the comparison of evaluations.

        Parameters
        ----------
        results : list of EvaluationResult, or dict of them
            Results of several methods, protocols or both.
        ax : matplotlib Axes, default=None
            Axes to draw on; None makes a figure.

        Returns
        -------
        display : MethodComparisonDisplay
            The display, drawn.
        """
        return cls(summarize_results(results)).plot(ax)

    @property
    def _figure_options(self):
        # The name of a method is a row of its own.
        n_rows = self.summaries["method"].nunique() + len(self.summaries)
        return {"figsize": (6, rows_height(n_rows)), "layout": "constrained"}

    def _draw(self, ax):
        self.points_, row, rows = {}, 0, {}
        for method, own in self.summaries.groupby("method", sort=False):
            # Above its points: beside them, a long name would leave no room for the axes.
            name = ax.text(
                0.01,
                row,
                printable([method])[0],
                va="center",
                fontweight="bold",
                parse_math=False,
                transform=ax.get_yaxis_transform(),
            )
            name.set_in_layout(False)
            for index in own.index:
                row += 1
                rows[index] = row
            row += 1
        for protocol, own in self.summaries.groupby("protocol", sort=False):
            color, marker = _STYLES[protocol]
            self.points_[protocol] = draw_intervals(
                ax,
                np.array([rows[index] for index in own.index]),
                own["pooled_accuracy"].to_numpy(),
                own["ci_low"].to_numpy(),
                own["ci_high"].to_numpy(),
                texts=[f"{accuracy:.1%}" for accuracy in own["pooled_accuracy"]],
                color=color,
                marker=marker,
                label=protocol.replace("-image-", " image "),
            )
        at_points = np.array(list(rows.values()))
        self.chance_lines_ = ax.vlines(  # not through the names
            self.summaries.loc[list(rows), "chance"],
            at_points - 0.5,
            at_points + 0.5,
            colors="gray",
            linestyles=":",
            label="chance",
        )
        ax.set(ylim=(row - 0.4, -0.8), yticks=[], xlabel="accuracy, with 95 % interval")
        show_shares(ax)
        ax.spines["left"].set_visible(False)
        put_legend_above(ax)
