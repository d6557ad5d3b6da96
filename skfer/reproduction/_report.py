"""The report of a reproduction: tables.md and reproduction.json, published beside ours."""

import json

import pandas as pd

from skfer.evaluation._records import collect_versions
from skfer.reproduction._figures import draw_table
from skfer.reproduction._markdown import format_report
from skfer.reproduction._published import TABLE_4
from skfer.reproduction._tables import SETS
from skfer.utils._files import atomic_path

_FIGURES = (
    "ours",
    "ci_low",
    "ci_high",
    "fold_mean",
    "fold_std",
    "n_folds",
    "n_correct",
    "n_predictions",
    "sequence_accuracy",
)


def write_report(out, tables, outcomes, sets, absent, settings, command):
    """Write reproduction.json, tables.md and the drawings of what was found so far."""
    report = describe_reproduction(tables, outcomes, sets, absent, settings, command)
    for name, table in tables.items():
        drawing = f"{name}.png"
        is_drawn = table.shows in ("leak", "curves")
        if is_drawn and draw_table(table, outcomes, sets, out / drawing):
            report["tables"][name]["drawing"] = drawing
    with atomic_path(out / "reproduction.json") as path:
        path.write_text(json.dumps(report, indent=2, allow_nan=False) + "\n")
    with atomic_path(out / "tables.md") as path:
        path.write_text(format_report(report), "utf-8")


def describe_reproduction(tables, outcomes, sets, absent, settings, command):
    """Return all of the report as plain data; accuracies are in percent, as they are printed."""
    return {
        "command": command,
        "versions": collect_versions(),
        "recipe": settings.recipe,
        "seed": settings.random_state,
        "max_epochs": settings.max_epochs,
        "sets": {name: _describe_set(each, settings) for name, each in sets.items()},
        "absent": absent,
        "tables": {name: _describe_table(table, outcomes, sets) for name, table in tables.items()},
        "notes": {
            experiment.name: list(outcome.notes)
            for experiment, outcome in outcomes.items()
            if outcome.notes
        },
    }


def _describe_set(each, settings):
    return {
        "title": each.title,
        "n_images": len(each.target),
        "counted": each.unit,
        "n_subjects": len(set(each.subjects)),
        "n_folds": settings.n_folds or each.n_folds,
        "n_eyes_not_found": each.n_eyes_not_found,
        "notes": list(each.notes),
    }


def _describe_table(table, outcomes, sets):
    report = {
        "title": table.title,
        "rows": [_describe_row(row, outcomes.get(row.experiment), sets) for row in table.rows],
        "remarks": [*_list_stand_ins(table, sets), *table.remarks],
    }
    if table.shows == "confusion":
        result = getattr(outcomes.get(table.rows[0].experiment), "found", None)
        report["confusion_matrix"] = {
            "published": [list(row) for row in TABLE_4],
            "ours": None if result is None else result.confusion_matrix.tolist(),
        }
    return report


def _list_stand_ins(table, sets):
    """Say which sets are not what the paper's name says, and what is done to them."""
    remarks = []
    for name in dict.fromkeys(name for each in table.experiments for name in each.sets):
        if name not in sets or sets[name].title == SETS[name]:
            continue
        remarks.append(f"{SETS[name]} of ours: {sets[name].title}.")
        if sets[name].cropped and any(each.kind == "cross" for each in table.experiments):
            remarks.append("They are aligned anew by their eyes, as the photographs they meet are.")
    return remarks


def _describe_row(row, outcome, sets):
    figures, counted = {}, None
    if outcome is not None and outcome.found is not None:
        figures = _figures_of(row, outcome.found)
        counted = sets[row.experiment.tested_on].unit
    return {
        "label": row.label,
        "published": row.published,
        "protocol": row.protocol,
        **{name: figures.get(name) for name in _FIGURES},
        "counted": counted,
        "experiment": row.experiment.name,
        "problem": "Not run yet." if outcome is None else outcome.problem,
        "remark": row.remark,
    }


def _figures_of(row, found):
    """Return the figures of a row: of learning curves, of one class or of the whole result."""
    if isinstance(found, pd.DataFrame):
        last = found.loc[found.groupby("fold")["epoch"].idxmax(), "test_accuracy"]
        shares = {"ours": last.mean(), "fold_mean": last.mean(), "fold_std": last.std(ddof=0)}
        return _percent(shares) | {"n_folds": len(last)}
    if row.expression is not None:
        own = found.images[found.images["y_true"] == row.expression]
        of_class = found.per_class.set_index("expression").loc[row.expression]
        shares = {"ours": of_class["recall"], **of_class[["ci_low", "ci_high"]]}
        n_correct = int((own["y_true"] == own["y_pred"]).sum())
        return _percent(shares) | {"n_correct": n_correct, "n_predictions": len(own)}
    summary = found.summary()
    shares = {name: summary[name] for name in ("ci_low", "ci_high", "fold_mean", "fold_std")}
    if summary["n_sequences"] is not None:
        shares["sequence_accuracy"] = summary["sequence_accuracy"]
    counts = {name: summary[name] for name in ("n_folds", "n_correct", "n_predictions")}
    return _percent({"ours": summary["pooled_accuracy"], **shares}) | counts


def _percent(shares):
    return {name: round(100 * float(share), 4) for name, share in shares.items()}
