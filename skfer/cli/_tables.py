"""Tables for a terminal of any width: columns where they fit, else a block for each row."""

import re
import shutil

_GAP = 2
_PIPE_WIDTH = 120  # columns where there is no terminal


def format_table(rows):
    """Return a table of rows, dicts of texts by column, as wide as the terminal at most.

    Headings and names break at blanks and hyphens, figures never do.
    """
    width = shutil.get_terminal_size((_PIPE_WIDTH, 24)).columns
    columns = {name: [row[name] for row in rows] for name in rows[0]}
    widths = _fit(columns, width)
    return _as_blocks(rows, width) if widths is None else _as_columns(columns, widths)


def format_results(summaries):
    """Return the table of a frame of `summarize_results`, accuracies in percent."""
    return format_table([_describe_result(row) for row in summaries.to_dict("records")])


def format_comparisons(comparisons):
    """Return the table of a frame of `compare_results`, differences in points of percent."""
    rows = [
        {
            "method": row["method_a"],
            "against": row["method_b"],
            "difference": f"{100 * row['difference']:+.2f}",
            "95 % interval": f"{100 * row['ci_low']:+.2f} to {100 * row['ci_high']:+.2f}",
            "p": format_p(row["p_subjects"]),
            "p, Holm": format_p(row["p_holm"]),
            "subjects": str(row["n_subjects"]),
        }
        for row in comparisons.to_dict("records")
    ]
    return format_table(rows)


def format_p(p):
    """Return a p value as it is printed."""
    return "<0.001" if p < 0.001 else f"{p:.3f}"


def _describe_result(row):
    seconds = row["fit_seconds"] + row["predict_seconds"]
    return {
        "method": row["method"],
        "protocol": row["protocol"],
        "accuracy %": f"{100 * row['pooled_accuracy']:.2f}",
        "95 % interval": f"{100 * row['ci_low']:.2f}-{100 * row['ci_high']:.2f}",
        "folds, mean ± sd": f"{100 * row['fold_mean']:.2f} ± {100 * row['fold_std']:.2f}",
        "macro recall %": f"{100 * row['macro_recall']:.2f}",
        "seconds": f"{seconds:.1f}",
    }


def _fit(columns, width):
    """Return the widths of the columns, the widest made narrower first; None if they do not fit."""
    widths = {name: max(map(len, [name, *cells])) for name, cells in columns.items()}
    least = {
        name: max(map(len, _pieces([name]) + (cells if _is_figure(cells) else _pieces(cells))))
        for name, cells in columns.items()
    }
    room = width - _GAP * (len(columns) - 1)
    while sum(widths.values()) > room:
        wide = [name for name in widths if widths[name] > least[name]]
        if not wide:
            return None
        widths[max(wide, key=widths.get)] -= 1
    return widths


def _as_columns(columns, widths):
    heads = {name: name for name in columns}
    n_rows = len(next(iter(columns.values())))
    rows = [heads, *({name: columns[name][row] for name in columns} for row in range(n_rows))]
    lines = []
    for row in rows:
        cells = [
            [
                line.rjust(widths[name]) if _is_figure(columns[name]) else line.ljust(widths[name])
                for line in _wrap(row[name], widths[name])
            ]
            for name in columns
        ]
        height = max(map(len, cells))
        for cell, column_width in zip(cells, widths.values(), strict=True):
            cell += [" " * column_width] * (height - len(cell))
        lines += ["  ".join(line).rstrip() for line in zip(*cells, strict=True)]
    return "\n".join(lines)


def _as_blocks(rows, width):
    names_width = max(map(len, rows[0])) + _GAP
    blocks = []
    for row in rows:
        lines = []
        for name, text in row.items():
            wrapped = _wrap(text, max(width - names_width, 1))
            lines += [f"{name:{names_width}}{wrapped[0]}"]
            lines += [" " * names_width + line for line in wrapped[1:]]
        blocks.append("\n".join(line.rstrip() for line in lines))
    return "\n\n".join(blocks)


def _is_figure(cells):
    return all(cell[:1] in "0123456789+-<–" for cell in cells)


def _pieces(cells):
    return [piece for cell in cells for piece in _wrap(cell, 0)]


def _wrap(text, width):
    """Break a text at blanks and hyphens into lines of this width, longer where there are none."""
    lines = [""]
    for piece in re.split(r"(?<=[- ])", text):
        if lines[-1] and len((lines[-1] + piece).rstrip()) > width:
            lines.append("")
        lines[-1] += piece
    return [line.rstrip() for line in lines]
