"""The report: one HTML file that holds its figures and needs no network."""

import base64
import io
import re
from importlib import resources
from pathlib import Path

from skfer.evaluation._expression_confusion_display import ExpressionConfusionDisplay
from skfer.evaluation._face_sheet import confident_mistakes, sample_faces
from skfer.evaluation._protocol_comparison_display import ProtocolComparisonDisplay
from skfer.evaluation._result import summarize_results
from skfer.evaluation._subject_accuracy_display import SubjectAccuracyDisplay

__all__ = ["write_report"]

_N_WORST_SUBJECTS = 8
# The underline of a heading in the description, which is reStructuredText.
_HEADING_RULE = re.compile(r"^[=-]{3,}\n", re.MULTILINE)


def write_report(
    path, results, metadata, *, title, description="", faces=None, redistributable=False
):
    """Write one self-contained HTML report of evaluations.

    It shows a table of all methods and protocols, the protocols side by side, confusion matrices,
    the accuracy of each subject, the worst subjects, the definition of every figure and how to
    repeat the run. The leaky protocol is marked as such.

    Parameters
    ----------
    path : str or Path
        The HTML file to write.
    results : list of (str, EvaluationResult)
        Name of the method, and its result; at least one.
    metadata : dict
        What :func:`collect_metadata` returned.
    title : str
        Title of the report.
    description : str, default=""
        Description of the data set.
    faces : ndarray of shape (n_images,), default=None
        The face array that was evaluated.
    redistributable : bool, default=False
        Whether the licence of the data set lets its faces be shown. Only then, and with `faces`,
        does the report contain sample faces and the most confident mistakes.

    Raises
    ------
    ValueError
        If there is no result.
    ImportError
        If jinja2 or matplotlib is not installed.

    Examples
    --------
    >>> from skfer.evaluation import write_report
    >>> write_report("report.html", [], {}, title="Nothing")
    Traceback (most recent call last):
    ...
    ValueError: There is no result to report.
    """
    if not results:
        raise ValueError("There is no result to report.")
    shown_faces = faces if redistributable else None
    images = results[0][1].images
    samples = []
    if shown_faces is not None:
        tested = shown_faces[images["image"]]
        samples = sample_faces(tested, images["y_true"].to_numpy(), images["subject"].to_numpy())
    summaries = summarize_results(results)
    html = _load_template().render(
        title=title,
        description=_list_paragraphs(description),
        metadata=metadata,
        summaries=summaries.to_dict("records"),
        comparison=_comparison_figure(summaries),
        sections=[_describe_section(method, result, shown_faces) for method, result in results],
        samples=samples,
        redistributable=redistributable,
    )
    Path(path).write_text(html, encoding="utf-8")


def _load_template():
    try:
        from jinja2 import Environment
    except ImportError as error:
        raise ImportError(
            "write_report needs jinja2 and matplotlib. Install them with skfer's extra 'cli': "
            "pip install 'skfer[cli]'."
        ) from error
    environment = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
    environment.filters["base64"] = lambda png: base64.b64encode(png).decode()
    environment.filters["percent"] = lambda share: f"{100 * share:.2f}"
    template = resources.files("skfer.evaluation").joinpath("report.html")
    return environment.from_string(template.read_text(encoding="utf-8"))


def _list_paragraphs(description):
    text = _HEADING_RULE.sub("", description).strip()
    return [" ".join(paragraph.split()) for paragraph in text.split("\n\n") if paragraph]


def _describe_section(method, result, faces):
    worst = result.subjects.sort_values(["accuracy", "n_images"], ascending=[True, False])
    worst = worst[worst["accuracy"] < 1].head(_N_WORST_SUBJECTS)
    return {
        "method": method,
        "protocol": result.protocol,
        "confusion": _render(ExpressionConfusionDisplay.from_result(result)),
        "subjects": _render(SubjectAccuracyDisplay.from_result(result)),
        "worst_subjects": worst.to_dict("records"),
        "mistakes": [] if faces is None else confident_mistakes(result, faces),
    }


def _comparison_figure(summaries):
    if summaries["protocol"].nunique() < 2:
        return None
    return _render(ProtocolComparisonDisplay(summaries).plot())


def _render(display):
    """Encode the figure of a display as PNG and close it."""
    import matplotlib.pyplot as plt

    buffer = io.BytesIO()
    display.figure_.savefig(buffer, format="png", dpi=130, bbox_inches="tight")
    plt.close(display.figure_)
    return buffer.getvalue()
