"""The drawings of a reproduction: the leak, and the error epoch by epoch."""

from skfer.evaluation import ProtocolComparisonDisplay, summarize_results
from skfer.reproduction._methods import TITLES
from skfer.reproduction._tables import SETS
from skfer.utils._files import atomic_path
from skfer.utils._optional import require


def draw_table(table, outcomes, path):
    """Draw what was found of a table that shows "leak" or "curves"; False if there is nothing."""
    found = {
        row.experiment: outcomes[row.experiment].found
        for row in table.rows
        if row.experiment in outcomes and outcomes[row.experiment].found is not None
    }
    if not found:
        return False
    panels = (_group_by_set if table.shows == "leak" else _label)(found)
    pyplot = require("matplotlib.pyplot", extra="plot", needed_by="skfer reproduce")
    n_panels = len(panels)
    figure, axes = pyplot.subplots(1, n_panels, squeeze=False, figsize=(6 * n_panels, 4))
    for ax, (title, content) in zip(axes[0], panels.items(), strict=True):
        (_draw_leak if table.shows == "leak" else _draw_curves)(ax, title, content)
    with atomic_path(path) as unfinished:
        figure.savefig(unfinished, dpi=110, bbox_inches="tight")
    pyplot.close(figure)
    return True


def _group_by_set(found):
    panels = {}
    for experiment, result in found.items():
        panels.setdefault(SETS[experiment.source], []).append(result)
    return panels


def _label(found):
    return {
        f"{TITLES[experiment.method]}, {SETS[experiment.source]}": curves
        for experiment, curves in found.items()
    }


def _draw_leak(ax, title, results):
    summaries = summarize_results(results)
    summaries["method"] = summaries["method"].map(TITLES)
    ProtocolComparisonDisplay(summaries).plot(ax)
    ax.set_xlabel(title)


def _draw_curves(ax, title, curves):
    from skfer.evaluation._epoch_curves_display import EpochCurvesDisplay

    EpochCurvesDisplay.from_frame(curves, score="error", ax=ax)
    ax.set_title(f"{title}: {ax.get_title()}")
