"""Which experiment gives which figure of which table."""

from typing import NamedTuple

from skfer.datasets._labels import BASIC_EXPRESSIONS
from skfer.reproduction import _published as published
from skfer.reproduction._experiments import Experiment
from skfer.reproduction._methods import TITLES

SETS = {
    "ckplus": "CK+",
    "ckplus-sequences": "CK+ sequences",
    "jaffe": "JAFFE",
    "mmi": "MMI",
    "nimstim": "NimStim",
}


class Row(NamedTuple):
    """A published accuracy in percent, or None, and the experiment that is set beside it.

    With `expression` the figure is the recall of this class.
    """

    label: str
    published: float | None
    experiment: Experiment
    remark: str = ""
    protocol: str = ""  # what is known of that of the published figure
    expression: str | None = None


class Table(NamedTuple):
    """A table or figure of the paper: its rows and what to know of all of them.

    `shows` is what there is to see beside the rows: "confusion", the "leak" or "curves".
    """

    title: str
    rows: tuple
    remarks: tuple = ()
    shows: str | None = None

    @property
    def experiments(self):
        """The experiments of the rows, each once."""
        return tuple(dict.fromkeys(row.experiment for row in self.rows))


def make_tables():
    """Return all tables and figures by name."""
    return {
        "table3": Table(
            "Table 3: accuracy of each expression, C-SPP, by subject",
            tuple(_rows_of_table_3()),
            (published.POOLED, published.DEAL, published.JAFFE_COUNT),
        ),
        "table4": Table(
            "Table 4: confusion of the expressions on CK+, C-SPP",
            (Row("CK+", 97.41, _within("cspp", "ckplus")),),
            (published.SAD_ROW,),
            shows="confusion",
        ),
        "table5": Table(
            "Table 5: trained on CK+, tested on another set, C-SPP",
            tuple(
                Row(f"CK+ -> {SETS[name]}", percent, _across("cspp", name))
                for name, percent in published.TABLE_5.items()
            ),
            (published.CROSS_MEANS, published.JAFFE_COUNT),
        ),
        "table6": Table(
            "Table 6: systems on CK+",
            tuple(_row_of_system(system) for system in published.TABLE_6),
            (published.NOT_ALIKE,),
        ),
        "table7": Table(
            "Table 7: systems trained on CK+, tested on another set",
            tuple(_row_of_system(system) for system in published.TABLE_7),
            (published.CROSS_MEANS, published.JAFFE_COUNT),
        ),
        "ladder": Table(
            "Section 4.2: the steps to C-SPP, on CK+",
            tuple(
                Row(TITLES[method], percent, _within(method, "ckplus"))
                for method, percent in published.LADDER.items()
            ),
            (published.LADDER_ERROR, published.DEAL),
        ),
        "figure1": Table(
            "Figure 1: split by subject, and by image, which leaks",
            tuple(_rows_of_figure_1()),
            (published.DRAWING,),
            shows="leak",
        ),
        "figure4": Table(
            "Figure 4: error of Plain7CNN and Plain8CNN on CK+, epoch by epoch",
            tuple(
                Row(TITLES[method], published.LADDER[method], _epochs(method, "ckplus"))
                for method in ("plain7", "plain8")
            ),
            (published.EPOCH,),
            shows="curves",
        ),
        "figure7": Table(
            "Figure 7: error of C-SPP on each set, epoch by epoch",
            tuple(
                Row(SETS[name], average, _epochs("cspp", name))
                for name, (_, average) in published.TABLE_3.items()
            ),
            (published.EPOCH, published.JAFFE_COUNT),
            shows="curves",
        ),
    }


def _rows_of_table_3():
    for name, (recalls, average) in published.TABLE_3.items():
        experiment = _within("cspp", name)
        for expression, recall in zip(BASIC_EXPRESSIONS, recalls, strict=True):
            label = f"{SETS[name]}, {expression}"
            yield Row(label, recall, experiment, expression=expression)
        yield Row(f"{SETS[name]}, average", average, experiment)


def _row_of_system(system):
    method, target = system.method, system.target
    label = f"{system.reference}, {system.classifier}, {system.data_type}"
    if target is not None:
        label += f", {SETS[target]}"
    own = "ckplus-sequences" if system.data_type == "video" else "ckplus"
    experiment = _within(method, own) if target is None else _across(method, target)
    return Row(label, system.percent, experiment, system.remark, system.protocol)


def _rows_of_figure_1():
    for name in published.TABLE_3:
        title = SETS[name]
        for method in ("cspp", "gabor-svm", "pixel-1nn"):
            average = published.TABLE_3[name][1] if method == "cspp" else None
            label = f"{title}, {TITLES[method]}"
            yield Row(f"{label}, by subject", average, _within(method, name))
            yield Row(f"{label}, by image (LEAKY)", None, Experiment("images", method, name))


def _within(method, name):
    return Experiment("subjects", method, name)


def _across(method, target):
    return Experiment("cross", method, "ckplus", target)


def _epochs(method, name):
    return Experiment("epochs", method, name)


TABLES = make_tables()
