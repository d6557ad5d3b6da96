"""The report of a reproduction as a Markdown text."""

from skfer.datasets._labels import BASIC_EXPRESSIONS
from skfer.reproduction._tables import SETS

_COLUMNS = (
    "",
    "published",
    "ours",
    "95 % interval, subjects",
    "folds, mean ± sd",
    "right",
    "by sequence",
    "remark",
)


def format_report(report):
    """Format what `describe_reproduction` returns."""
    parts = [
        "# Reproduction of Li et al. (2019), C-SPP",
        _format_run(report),
        "## Data",
        _format_sets(report),
    ]
    for table in report["tables"].values():
        parts += [f"## {table['title']}", _format_table(_COLUMNS, map(_format_row, table["rows"]))]
        if "confusion_matrix" in table:
            parts.append(_format_confusion(**table["confusion_matrix"]))
        if "drawing" in table:
            parts.append(f"![{table['title']}]({table['drawing']})")
        parts.append(_format_list(table["remarks"]))
    if report["notes"]:
        notes = [f"{name}: {note}" for name, own in report["notes"].items() for note in own]
        parts += ["## Warnings", _format_list(notes)]
    return "\n\n".join(parts) + "\n"


def _format_run(report):
    epochs = report["max_epochs"]
    lines = [
        f"Recipe of the networks: {report['recipe']}, seed {report['seed']}"
        f"{'' if epochs is None else f', cut to {epochs} epochs'}. Accuracies are in percent. Ours "
        "are pooled over the folds; those of learning curves are the mean of the last epochs. The "
        "interval is over the subjects that were tested. By sequence, the probabilities of its "
        "images are averaged first.",
        f"skfer {report['versions']['skfer']}, torch {report['versions']['torch']}, scikit-learn "
        f"{report['versions']['scikit-learn']}: `{report['command']}`",
    ]
    return "\n\n".join(lines)


def _format_sets(report):
    rows = [
        (
            each["title"],
            f"{each['n_images']} {each['counted']}",
            each["n_subjects"],
            each["n_folds"],
            each["n_eyes_not_found"],
            " ".join(each["notes"]),
        )
        for each in report["sets"].values()
    ]
    head = ("", "counted", "subjects", "folds", "eyes guessed", "notes")
    absent = [f"{SETS[name]}: {reason}" for name, reason in report["absent"].items()]
    return "\n\n".join([_format_table(head, rows), *([_format_list(absent)] if absent else [])])


def _format_row(row):
    remark = " ".join(text for text in (row["problem"], row["remark"]) if text)
    published = _format_percent(row["published"])
    is_pooled = row["n_predictions"] is not None
    return (
        row["label"],
        f"{published} ({row['protocol']})" if row["protocol"] else published,
        _format_percent(row["ours"]),
        f"{row['ci_low']:.1f} to {row['ci_high']:.1f}" if row["ci_low"] is not None else "",
        f"{row['fold_mean']:.2f} ± {row['fold_std']:.2f}" if row["fold_mean"] is not None else "",
        f"{row['n_correct']}/{row['n_predictions']} {row['counted']}" if is_pooled else "",
        _format_percent(row["sequence_accuracy"]),
        remark,
    )


def _format_percent(value):
    return "" if value is None else f"{value:.2f}"


def _format_confusion(published, ours):
    """Format both matrices in one: our counts, the printed ones in brackets, and their sums."""
    rows = []
    for number, (name, printed) in enumerate(zip(BASIC_EXPRESSIONS, published, strict=True)):
        own = ["-"] * len(printed) if ours is None else ours[number]
        sums = "-" if ours is None else sum(own)
        cells = [f"{mine} ({count})" for mine, count in zip(own, printed, strict=True)]
        rows.append((name, *cells, f"{sums} ({sum(printed)})"))
    intro = "Counts of ours and, in brackets, as printed; rows are true classes."
    return f"{intro}\n\n{_format_table(('', *BASIC_EXPRESSIONS, 'sum'), rows)}"


def _format_list(texts):
    return "\n".join(f"- {_escape(text)}" for text in texts)


def _format_table(head, rows):
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(_escape(cell) for cell in line)} |" for line in lines)


def _escape(text):
    """Write a text on one line, without what Markdown takes for a column or a tag."""
    return " ".join(str(text).split()).replace("|", "\\|").replace("<", "&lt;")
