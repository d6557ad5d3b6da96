"""Draw a run of `benchmarks.run`: ratios to the rivals, and growth of time and memory."""

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.ticker import NullFormatter

WIN, LOSS = "#1b7837", "#b2182b"


def draw_ratios(document, path):
    """Draw a line per rival, wins and losses beside each other, with the quartiles."""
    rows = sorted(document["speed"] + document["threads"], key=lambda row: row["ratio"])
    places = np.arange(len(rows))
    figure, axes = plt.subplots(figsize=(9, 0.3 * len(rows) + 1.2), layout="constrained")
    for place, row in zip(places, rows, strict=True):
        color = WIN if row["ratio"] >= 1 else LOSS
        ends = [
            row["ours"][low] / row["theirs"][high] for low, high in (("q1", "q3"), ("q3", "q1"))
        ]
        axes.plot(ends, [place, place], color=color, linewidth=2)
        axes.plot(row["ratio"], place, "o", color=color)
        right = row["ratio"] >= 1
        axes.annotate(
            f"{row['ratio']:,.0f}" if row["ratio"] >= 100 else f"{row['ratio']:.3g}",
            (max(ends) if right else min(ends), place),
            xytext=(6 if right else -6, 0),
            textcoords="offset points",
            ha="left" if right else "right",
            va="center",
            fontsize=8,
        )
    axes.axvline(1, color="0.4", linewidth=1)
    axes.set_xscale("log")
    axes.set_yticks(places, [label(row) for row in rows], fontsize=8)
    axes.set_xlabel("images per second of skfer, divided by the rival's (green: skfer is faster)")
    axes.margins(x=0.12, y=0.02)
    axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(path, dpi=110, facecolor="white")
    plt.close(figure)


def label(row):
    if row["rival"] == "one thread":
        return f"{row['name']} in two threads / in one"
    return f"{row['name']} / {row['rival']}"


def draw_growth(document, path):
    """Draw time and memory of each task on logarithmic axes, with exponents in the legend."""
    rows = document["growth"]
    kinds = list(dict.fromkeys(row["axis"] for row in rows))
    figure, grid = plt.subplots(
        2, len(kinds), figsize=(3.4 * len(kinds), 6), layout="constrained", squeeze=False
    )
    for column, kind in zip(grid.T, kinds, strict=True):
        for row in (row for row in rows if row["axis"] == kind):
            for axes, measured in zip(column, ("seconds", "mb"), strict=True):
                exponent = row[f"exponent_{measured}"]
                slope = "" if exponent is None else f": {exponent:.2f}"
                axes.loglog(
                    row["values"],
                    np.maximum(row[measured], 0.1 if measured == "mb" else 0),
                    "o-",
                    markersize=4,
                    label=row["task"] + slope,
                )
        column[0].set_title(f"{kind}", fontsize=10)
        for axes in column:
            axes.legend(framealpha=0.5, fontsize=7)
            axes.grid(alpha=0.3)
            axes.tick_params(labelsize=8)
            axes.xaxis.set_minor_formatter(NullFormatter())
    grid[0, 0].set_ylabel("seconds")
    grid[1, 0].set_ylabel("MB beyond the input")
    figure.savefig(path, dpi=110, facecolor="white")
    plt.close(figure)
