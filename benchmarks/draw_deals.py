"""Draw the accuracies of recipes over deals of the folds: `python -m benchmarks.draw_deals`."""

import argparse
import json
from functools import partial
from pathlib import Path
from textwrap import fill

import pandas as pd

from benchmarks.recipes import RESULTS


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--results", type=Path, default=RESULTS)
    parser.add_argument("--out", type=Path, required=True, help="picture to write")
    options = parser.parse_args(arguments)
    rows = pd.DataFrame(json.loads(options.results.read_text()))
    names = {"^(former )?default$": r"\1default, float32", "default(?! recipe)": "C-SPP"}
    rows["recipe"] = rows["recipe"].replace(names, regex=True).map(partial(fill, width=40))
    draw(rows[rows["subjects"] == "all"]).savefig(options.out, dpi=150)


def draw(rows):
    """Draw one line per deal, through the accuracies of the recipes that have several."""
    from matplotlib.figure import Figure

    table = rows.pivot_table("pooled_accuracy", "recipe", "repeat")
    table = table[table.count(axis=1) > 1]
    figure = Figure(figsize=(7, 1 + 0.4 * len(table)), layout="constrained")
    ax = figure.add_subplot()
    table = 100 * table.loc[table.mean(axis=1).sort_values().index]
    for deal in table:
        ax.plot(table[deal], table.index, "o-", linewidth=1, alpha=0.8, label=f"{deal}")
    ax.set(xlabel="pooled accuracy, %", ylim=(-0.5, len(table) - 0.5))
    ax.grid(axis="x", alpha=0.3)
    ax.spines[["top", "right"]].set_visible(False)
    ax.legend(title="deal", loc="center left", bbox_to_anchor=(1, 0.5), frameon=False)
    return figure


if __name__ == "__main__":
    main()
