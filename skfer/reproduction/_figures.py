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
    panels = (_group_by_set if table.shows == "leak" else _label)(found, sets)
    pyplot = require("matplotlib.pyplot", extra="plot", needed_by="skfer reproduce")
    n_panels = len(panels)
    figure, axes = pyplot.subplots(1, n_panels, squeeze=False, figsize=(6 * n_panels, 4))
    for ax, (label, content) in zip(axes[0], panels.items(), strict=True):
        (_draw_leak if table.shows == "leak" else _draw_curves)(ax, content)
        # Above the axes there is the legend.
        ax.set_xlabel("\n".join([*filter(None, [ax.get_xlabel()]), label]))
    with atomic_path(path) as unfinished:
        figure.savefig(unfinished, dpi=110, bbox_inches="tight")
    pyplot.close(figure)
    return True


def _group_by_set(found, sets):
    panels = {}
    for experiment, result in found.items():
        panels.setdefault(sets[experiment.source].title, []).append(result)
    return panels


def _label(found, sets):
    return {
        f"{TITLES[experiment.method]}, {sets[experiment.source].title}": curves
        for experiment, curves in found.items()
    }


def _draw_leak(ax, results):
    summaries = summarize_results(results)
    summaries["method"] = summaries["method"].map(TITLES)
    MethodComparisonDisplay(summaries).plot(ax)


def _draw_curves(ax, curves):
    EpochCurvesDisplay.from_frame(curves, score="error", ax=ax)
