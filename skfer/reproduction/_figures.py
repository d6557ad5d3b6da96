"""The drawings of a reproduction: the leak, and the error epoch by epoch."""

from skfer.evaluation import EpochCurvesDisplay, MethodComparisonDisplay, summarize_results
from skfer.reproduction._methods import TITLES
from skfer.utils._files import atomic_path
from skfer.utils._optional import require


def draw_table(table, outcomes, sets, path):
    """Draw what was found of a table that shows "leak" or "curves"; False if there is nothing."""
    found = {
        experiment: outcomes[experiment].found
        for experiment in table.experiments
        if experiment in outcomes and outcomes[experiment].found is not None
    }
    if not found:
        return False
    displays = (_compare_methods if table.shows == "leak" else _follow_epochs)(found, sets)
    pyplot = require("matplotlib.pyplot", extra="plot", needed_by="skfer reproduce")
    size = (6 * len(displays), 4)
    figure, axes = pyplot.subplots(1, len(displays), squeeze=False, figsize=size)
    for ax, (label, display) in zip(axes[0], displays.items(), strict=True):
        display.plot(ax)
        # Above the axes there is the legend.
        ax.set_xlabel("\n".join([*filter(None, [ax.get_xlabel()]), label]))
    with atomic_path(path) as unfinished:
        figure.savefig(unfinished, dpi=110, bbox_inches="tight")
    pyplot.close(figure)
    return True


def _compare_methods(found, sets):
    """Return a display of the methods for each data set."""
    results = {}
    for experiment, result in found.items():
        results.setdefault(sets[experiment.source].title, []).append(result)
    summaries = {title: summarize_results(own) for title, own in results.items()}
    return {
        title: MethodComparisonDisplay(own.assign(method=own["method"].map(TITLES)))
        for title, own in summaries.items()
    }


def _follow_epochs(found, sets):
    """Return a display of the error epoch by epoch for each experiment."""
    return {
        f"{TITLES[experiment.method]}, {sets[experiment.source].title}": EpochCurvesDisplay(
            curves, score="error"
        )
        for experiment, curves in found.items()
    }
