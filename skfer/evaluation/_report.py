"""The report: one HTML file that holds its figures and needs no network."""

import base64
import io
import re
from importlib import resources

from skfer.evaluation._expression_confusion_display import ExpressionConfusionDisplay
from skfer.evaluation._face_sheet import confident_mistakes, sample_faces
from skfer.evaluation._protocol_comparison_display import ProtocolComparisonDisplay
from skfer.evaluation._result import summarize_results
from skfer.evaluation._subject_accuracy_display import SubjectAccuracyDisplay
from skfer.utils._files import atomic_path
from skfer.utils._optional import require

_N_WORST_SUBJECTS = 8
_N_WRONG_IMAGES = 100
# The underline of a heading in the description, which is reStructuredText.
_HEADING_RULE = re.compile(r"^[=-]{3,}\n", re.MULTILINE)


def write_report(
    path, results, metadata, *, title, description="", faces=None, redistributable=False
):
    """Write one HTML report that needs no other file, of a list of results.

    `metadata` comes from ``collect_metadata``, `description` is the text of the data set, `faces`
    the face array that was evaluated. Only if the licence allows it (`redistributable`) are faces
    shown: samples and the most confident mistakes.
    """
    if not results:
        raise ValueError("There is no result to report.")
    shown_faces = faces if redistributable else None
    samples = []
    if shown_faces is not None:
        images = results[0].images
        tested = shown_faces[images["image"]]
        samples = sample_faces(tested, images["y_true"].to_numpy(), images["subject"].to_numpy())
    summaries = summarize_results(results)
    html = _load_template().render(
        title=title,
        description=_list_paragraphs(description),
        metadata=metadata,
        summaries=summaries.to_dict("records"),
        comparison=_comparison_figure(summaries),
        leak_shows=_leak_shows(summaries),
        sections=[_describe_section(result, shown_faces) for result in results],
        samples=samples,
        redistributable=redistributable,
    )
    with atomic_path(path) as file:
        file.write_text(html, encoding="utf-8", errors="backslashreplace")


def _load_template():
    jinja2 = require("jinja2", extra="cli", needed_by="write_report")
    environment = jinja2.Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
    environment.filters["base64"] = lambda png: base64.b64encode(png).decode()
    environment.filters["percent"] = lambda share: f"{100 * share:.2f}"
    template = resources.files("skfer.evaluation").joinpath("report.html")
    return environment.from_string(template.read_text(encoding="utf-8"))


def _list_paragraphs(description):
    text = _HEADING_RULE.sub("", description).strip()
    return [" ".join(paragraph.split()) for paragraph in text.split("\n\n") if paragraph]


def _describe_section(result, faces):
    worst = result.subjects.sort_values(["accuracy", "n_images"], ascending=[True, False])
    worst = worst[worst["accuracy"] < 1].head(_N_WORST_SUBJECTS)
    wrong = result.images[result.images["y_true"] != result.images["y_pred"]]
    return {
        "method": result.method,
        "protocol": result.protocol,
        "confusion": _render(ExpressionConfusionDisplay.from_result(result)),
        "subjects": _render(SubjectAccuracyDisplay.from_result(result)),
        "worst_subjects": worst.to_dict("records"),
        "wrong": wrong.head(_N_WRONG_IMAGES).to_dict("records") if "file" in wrong else [],
        "n_wrong": len(wrong),
        "mistakes": [] if faces is None else confident_mistakes(result, faces),
    }


def _comparison_figure(summaries):
    if summaries["protocol"].nunique() < 2:
        return None
    return _render(ProtocolComparisonDisplay(summaries).plot())


def _leak_shows(summaries):
    """Tell whether the leaky split makes every method look better."""
    protocols = ["leaky-image-split", "subject-independent"]
    accuracies = summaries.pivot_table("pooled_accuracy", "method", "protocol")
    leaky, honest = accuracies.reindex(columns=protocols).dropna().to_numpy().T
    return bool((leaky > honest).all())


def _render(display):
    """Encode the figure of a display as PNG and close it."""
    import matplotlib.pyplot as plt

    buffer = io.BytesIO()
    display.figure_.savefig(buffer, format="png", dpi=130, bbox_inches="tight")
    plt.close(display.figure_)
    return buffer.getvalue()
