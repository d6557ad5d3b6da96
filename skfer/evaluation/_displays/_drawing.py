"""How the displays draw: colours that show on white and on black, and values with intervals."""

BLUE, AMBER, RED, GREEN = "#3f7fb0", "#c8741a", "#c2553c", "#4f8f6b"
_ROW_INCHES = 0.32


def rows_height(n_rows):
    """Return the height in inches of a figure of so many rows."""
    return 1.1 + _ROW_INCHES * n_rows


def draw_intervals(ax, positions, values, lows, highs, *, texts, color, marker="o", label=None):
    """Draw values from left to right with their intervals, one per row, and texts beside them.

    Returns the matplotlib ErrorbarContainer.
    """
    drawn = ax.errorbar(
        values,
        positions,
        xerr=(values - lows, highs - values),
        fmt=marker,
        color=color,
        elinewidth=2.5,
        label=label,
    )
    for position, text in zip(positions, texts, strict=True):
        ax.text(1.03, position, text, va="center", transform=ax.get_yaxis_transform())
    return drawn


def show_shares(ax, axis="x"):
    """Label an axis of shares in percent, from 0 to 100, with a grid and no frame."""
    getattr(ax, f"set_{axis}lim")(0, 1.02)
    getattr(ax, f"{axis}axis").set_major_formatter("{x:.0%}")
    ax.grid(axis=axis, alpha=0.4)
    ax.set_axisbelow(True)
    ax.spines[["top", "right"]].set_visible(False)


def put_legend_above(ax):
    """Put the legend above the axes, where no data can be."""
    ax.legend(
        loc="lower left",
        bbox_to_anchor=(0, 1),
        ncols=2,
        frameon=False,
        borderaxespad=0.2,
        borderpad=0,
        handlelength=1.5,
        columnspacing=1.5,
    )
