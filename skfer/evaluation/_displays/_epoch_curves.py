"""Learning curves over the folds: training and test, with the range of the folds."""

from typing import TYPE_CHECKING, Literal, Self

import pandas as pd

from skfer.utils._choice import check_choice
from skfer.utils._matplotlib import Display

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_COLORS = {"train": "#c8741a", "test": "#2f6690"}
_LABELS = {"train": "training images", "test": "test images"}


class EpochCurvesDisplay(Display):
    """Accuracy, error or loss after each epoch: the mean over the folds, within their range.

    Epochs that only some folds have, since others stopped early, are not drawn: their mean would
    be that of other people.

    Parameters
    ----------
    curves : DataFrame
        One row per fold and epoch, as :func:`evaluate_epochs` gives: ``fold``, ``epoch``,
        ``train_loss``, ``train_accuracy``, ``test_loss`` and ``test_accuracy``.
    score : {"accuracy", "error", "loss"}, default="accuracy"
        What is drawn; the error is 1 minus the accuracy.

    Attributes
    ----------
    lines_ : dict of str to matplotlib Line2D
        The means over the folds, of "train" and "test".
    bands_ : dict of str to matplotlib PolyCollection
        From the least to the greatest fold.
    ax_, figure_ : matplotlib Axes and Figure
        What was drawn on.

    See Also
    --------
    evaluate_epochs : Computes the curves.

    Examples
    --------
    >>> import pandas as pd
    >>> from skfer.evaluation import EpochCurvesDisplay
    >>> curves = pd.DataFrame({
    ...     "fold": [0, 0, 1, 1], "epoch": [1, 2, 1, 2], "train_loss": [0.6, 0.25, 0.5, 0.25],
    ...     "train_accuracy": [0.5, 0.75, 0.75, 1.0], "test_loss": [0.75, 0.5, 0.75, 0.5],
    ...     "test_accuracy": [0.5, 0.5, 0.5, 0.75]})
    >>> display = EpochCurvesDisplay.from_frame(curves, score="error")
    >>> display.lines_["test"].get_ydata().tolist()
    [0.5, 0.375]
    """

    _figure_options = {"figsize": (6, 4)}

    def __init__(
        self, curves: pd.DataFrame, *, score: Literal["accuracy", "error", "loss"] = "accuracy"
    ):
        self.curves = curves
        self.score = score

    @classmethod
    def from_frame(
        cls,
        curves: pd.DataFrame,
        *,
        score: Literal["accuracy", "error", "loss"] = "accuracy",
        ax: "Axes | None" = None,
    ) -> Self:
        """Draw the curves of :func:`evaluate_epochs`.

        Parameters
        ----------
        curves : DataFrame
            One row per fold and epoch.
        score : {"accuracy", "error", "loss"}, default="accuracy"
            What is drawn; the error is 1 minus the accuracy.
        ax : matplotlib Axes, default=None
            Axes to draw on; None makes a figure.

        Returns
        -------
        display : EpochCurvesDisplay
            The display, drawn.

        Raises
        ------
        ValueError
            If `score` is none of the three.
        """
        return cls(curves, score=score).plot(ax)

    def _draw(self, ax):
        check_choice("score", self.score, ("accuracy", "error", "loss"))
        self.lines_, self.bands_ = {}, {}
        for part, color in _COLORS.items():
            folds = self._values(part)
            epochs, mean = folds.index.to_numpy(), folds.mean(axis=1).to_numpy()
            self.bands_[part] = ax.fill_between(
                epochs, folds.min(axis=1), folds.max(axis=1), color=color, alpha=0.2, linewidth=0
            )
            style = "o-" if len(epochs) == 1 else "-"  # a line of one epoch has no length
            (self.lines_[part],) = ax.plot(epochs, mean, style, color=color, label=_LABELS[part])
        n_folds = self.curves["fold"].nunique()
        ax.set(xlabel=f"epoch (mean and range of {n_folds} folds)", ylabel=self.score)
        ax.xaxis.get_major_locator().set_params(integer=True)
        ax.margins(x=0.01)
        if self.score != "loss":
            ax.set_ylim(-0.02, 1.02)
        ax.grid(axis="y", color="#dddddd", linewidth=0.6)
        ax.set_axisbelow(True)
        ax.spines[["top", "right"]].set_visible(False)
        # Above the axes: the curves may go anywhere inside.
        ax.legend(loc="lower right", bbox_to_anchor=(1, 1), ncols=2, frameon=False)

    def _values(self, part):
        """Tabulate the score: one row per epoch that all folds have, one column per fold."""
        name = "loss" if self.score == "loss" else "accuracy"
        folds = self.curves.pivot(index="epoch", columns="fold", values=f"{part}_{name}").dropna()
        return 1 - folds if self.score == "error" else folds
