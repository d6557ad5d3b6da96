"""The effect of the leak: the accuracies of two protocols side by side."""

import numpy as np

from skfer.evaluation._result import summarize_results
from skfer.utils._matplotlib import Display
from skfer.utils._text import printable

_COLORS = {"subject-independent": "#2f6690", "leaky-image-split": "#e0a458"}


class ProtocolComparisonDisplay(Display):
    """Pooled accuracy of each method under each protocol, as bars with 95 % intervals.

    Parameters
    ----------
    summaries : DataFrame
        One row per method and protocol, as :func:`summarize_results` gives: ``method``,
        ``protocol``, ``pooled_accuracy``, ``ci_low`` and ``ci_high``.

    Attributes
    ----------
    bars_ : dict of str to matplotlib BarContainer
        The bars of each protocol.
    ax_, figure_ : matplotlib Axes and Figure
        What was drawn on.

    Examples
    --------
    >>> import pandas as pd
    >>> from skfer.evaluation import ProtocolComparisonDisplay
    >>> summaries = pd.DataFrame({
    ...     "method": ["1-NN", "1-NN"], "protocol": ["subject-independent", "leaky-image-split"],
    ...     "pooled_accuracy": [0.54, 0.99], "ci_low": [0.5, 0.98], "ci_high": [0.6, 1.0]})
    >>> sorted(ProtocolComparisonDisplay(summaries).plot().bars_)
    ['leaky-image-split', 'subject-independent']
    """

    _figure_options = {"figsize": (7, 3.5)}

    def __init__(self, summaries):
        self.summaries = summaries

    @classmethod
    def from_results(cls, results, *, ax=None):
        """Draw the comparison of evaluations.

        Parameters
        ----------
        results : list of EvaluationResult, or dict of them
            Results of several methods, protocols or both.
        ax : matplotlib Axes, default=None
            Axes to draw on; None makes a figure.

        Returns
        -------
        display : ProtocolComparisonDisplay
            The display, drawn.
        """
        return cls(summarize_results(results)).plot(ax)

    def _draw(self, ax):
        methods = self.summaries["method"].drop_duplicates().tolist()
        protocols = [name for name in _COLORS if (self.summaries["protocol"] == name).any()]
        width = 0.8 / len(protocols)
        self.bars_ = {}
        for number, protocol in enumerate(protocols):
            rows = self.summaries[self.summaries["protocol"] == protocol].set_index("method")
            rows = rows.reindex(methods)
            accuracy = rows["pooled_accuracy"].to_numpy()
            error = np.abs(rows[["ci_low", "ci_high"]].to_numpy().T - accuracy)
            bars = ax.bar(
                np.arange(len(methods)) + (number - (len(protocols) - 1) / 2) * width,
                accuracy,
                width * 0.94,
                yerr=error,
                capsize=3,
                color=_COLORS[protocol],
                ecolor="#444444",
                label=protocol.replace("-image-", " image "),
            )
            labels = ["" if np.isnan(value) else f"{value:.1%}" for value in accuracy]
            ax.bar_label(bars, labels, label_type="center", color="white", fontweight="bold")
            self.bars_[protocol] = bars
        ax.set(ylabel="pooled accuracy", ylim=(0, 1.05))
        ax.set_xticks(range(len(methods)), printable(methods), parse_math=False)
        ax.spines[["top", "right"]].set_visible(False)
        ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1), ncols=2, frameon=False)
