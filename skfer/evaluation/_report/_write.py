"""The report: one HTML file that holds its figures and needs no network."""

import base64
import re
from importlib import resources

import pandas as pd

from skfer.evaluation._displays._face_sheet import list_mistakes, sample_faces
from skfer.evaluation._displays._method_comparison import HONEST, LEAKY
from skfer.evaluation._records import compare_methods
from skfer.evaluation._report import _tables
from skfer.evaluation._report._figures import draw_comparison, draw_result
from skfer.evaluation._result import list_results
from skfer.utils._files import atomic_path
from skfer.utils._optional import require

_MAX_OPEN = 4  # results whose details are unfolded
# Of the description, which is reStructuredText.
_HEADING = re.compile(r"\A(.+)\n={3,}\n")


def write_report(
    path,
    results,
    metadata,
    *,
    description="",
    comparisons=None,
    faces=None,
    aligner=None,
    redistributable=False,
    show_faces=False,
):
    """Write one HTML report that needs no other file, of a list or dict of results.

    `metadata` comes from ``collect_metadata``, `description` is the text of the data set, whose
    heading is the title, `comparisons` the frame of ``compare_results``. `faces` is the face array
    or stack that was evaluated; the few that are shown go through the `aligner`. Faces are shown if
    the licence allows it (`redistributable`) or the user asks for it (`show_faces`): some of each
    expression, and mistakes.
    """
    results = list_results(results)
    if not results:
        raise ValueError("There is no result to report.")
    shown_faces = faces if redistributable or show_faces else None
    rows = [_tables.describe_result(result) for result in results]
    summaries = pd.DataFrame(rows)
    shown, folded = _tables.list_comparisons(comparisons, summaries)
    heading = _HEADING.match(description)
    html = _load_template().render(
        title=heading[1] if heading else f"Facial expressions of {metadata['dataset']}",
        description=_list_paragraphs(_HEADING.sub("", description)),
        metadata=metadata,
        notes=_list_notes(results, metadata),
        unit=rows[0]["unit"],
        rows=rows,
        protocols=set(summaries["protocol"]),
        has_sequences=summaries["sequences_tested"].notna().any(),
        has_repeats=(summaries["n_repeats"] > 1).any(),
        comparison=draw_comparison(summaries) if len(rows) > 1 else None,
        comparisons=shown,
        more_comparisons=folded,
        leak=_describe_leak(summaries),
        sections=_list_sections(results, rows, shown_faces, aligner),
        samples=[] if shown_faces is None else sample_faces(results[0], shown_faces, aligner),
        has_faces=faces is not None,
        redistributable=redistributable,
    )
    with atomic_path(path) as file:
        file.write_text(html, encoding="utf-8", errors="backslashreplace")


def write_stored_report(path, results, metadata):
    """Write the report of results that were stored: without faces, whose pictures are elsewhere."""
    write_report(
        path,
        results,
        metadata,
        description=metadata.get("description", ""),
        comparisons=compare_methods(results),
    )


def _load_template():
    jinja2 = require("jinja2", extra="cli", needed_by="write_report")
    folder = resources.files("skfer.evaluation._report")
    environment = jinja2.Environment(
        loader=jinja2.FunctionLoader(lambda name: folder.joinpath(name).read_text("utf-8")),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["base64"] = lambda png: base64.b64encode(png).decode()
    environment.filters["percent"] = lambda share: f"{100 * share:.2f}"
    environment.filters["count"] = lambda number: f"{round(number, 2):g}"
    environment.filters["points"] = lambda share: f"{100 * share:+.2f}".replace("-", "−")
    environment.filters["p_value"] = _format_p
    return environment.get_template("report.html")


def _format_p(p):
    if p is None:
        return "–"
    return "< 0.001" if p < 0.001 else f"{p:.3f}"


def _list_paragraphs(description):
    paragraphs = description.strip().split("\n\n")
    return [" ".join(paragraph.split()) for paragraph in paragraphs if paragraph]


def _list_notes(results, metadata):
    """Return what a reader has to know, each once; what not all methods share, with their names."""
    methods = {}
    for result in results:
        for note in result.notes:
            methods.setdefault(note, {})[result.method] = True  # in order
    all_methods = {result.method for result in results}
    return [
        *metadata["notes"],
        *(
            note if set(own) == all_methods else f"{', '.join(own)}: {note}"
            for note, own in methods.items()
            if note not in metadata["notes"]
        ),
    ]


def _list_sections(results, rows, faces, aligner):
    """Describe each result; honest ones first, and of many only the best unfolded."""
    honest = [row["pooled_accuracy"] for row in rows if not row["is_leaky"]]
    sections = []
    for number, (result, row) in enumerate(zip(results, rows, strict=True)):
        is_best = len(honest) <= _MAX_OPEN or row["pooled_accuracy"] == max(honest)
        worst, n_ties = _tables.list_worst_subjects(result.subjects)
        wrong, n_wrong = _tables.list_wrong(result)
        sections.append(
            {
                "id": f"result{number}",
                "figures": row,
                "is_open": is_best and row["is_leaky"] == (not honest),
                "plots": draw_result(result, number),
                "classes": result.per_class.to_dict("records"),
                "worst_subjects": worst,
                "n_ties": n_ties,
                "groups": _tables.list_groups(result),
                "mistakes": [] if faces is None else list_mistakes(result, faces, aligner),
                "wrong": wrong,
                "n_wrong": n_wrong,
            }
        )
    return sorted(sections, key=lambda section: section["figures"]["is_leaky"])


def _describe_leak(summaries):
    """Tell whether the leaky split makes every method look better; None if it was not asked."""
    accuracies = summaries.pivot_table("pooled_accuracy", "method", "protocol")
    if not {HONEST, LEAKY} <= set(accuracies):
        return None
    both = accuracies[[HONEST, LEAKY]].dropna()
    return "shows" if (both[LEAKY] > both[HONEST]).all() else "does not show"
