"""The figures of the report: SVG inside the page, in the colours of its text, light or dark."""

import io
import re
from xml.etree import ElementTree

from skfer.evaluation._displays._class_recall import ClassRecallDisplay
from skfer.evaluation._displays._expression_confusion import ExpressionConfusionDisplay
from skfer.evaluation._displays._method_comparison import MethodComparisonDisplay
from skfer.evaluation._displays._reliability import ReliabilityDisplay
from skfer.evaluation._displays._subject_accuracy import SubjectAccuracyDisplay

# As wide as the screen of a phone, so that letters are not shrunk there.
_WIDTH = 3.7  # inches
_INK = "#010203"  # replaced by the colour of the text around
_STYLE = {
    "svg.fonttype": "none",
    "font.size": 8.5,
    "image.interpolation": "none",  # a matrix is kept as so many pixels
    **dict.fromkeys(
        ["text.color", "axes.labelcolor", "axes.edgecolor", "xtick.color", "ytick.color"], _INK
    ),
}
_LONG_FRACTION = re.compile(r"-?\d+\.\d{3,}")


def draw_comparison(summaries):
    """Draw the accuracies of all methods and protocols."""
    display = MethodComparisonDisplay(summaries)
    _, height = display._figure_options["figsize"]
    return _render(display, 0.85 * height, "Accuracy of each method and protocol", "comparison")


def draw_result(result, number):
    """Draw the figures of one result; returns a dict of SVG texts. `number` makes ids unique."""
    n_classes = len(result.classes)
    side = min(_WIDTH, 1.6 + 0.42 * n_classes)
    displays = {
        "confusion": (ExpressionConfusionDisplay, side, "Confusion matrix"),
        "classes": (ClassRecallDisplay, 0.9 + 0.28 * n_classes, "Recall of each expression"),
        "subjects": (SubjectAccuracyDisplay, 2.7, "Accuracy of each subject"),
    }
    if result.summary()["calibration_error"] is not None and len(result.calibration()) > 1:
        displays["reliability"] = (ReliabilityDisplay, 3.4, "Accuracy over confidence")
    return {
        name: _render(display._of(result), height, f"{label}, {result.method}", f"{name}{number}")
        for name, (display, height, label) in displays.items()
    }


def _render(display, height, label, name):
    """Draw a display that is not drawn yet; returns the text of an SVG element."""
    import matplotlib.pyplot as plt

    buffer = io.StringIO()
    width = height if isinstance(display, ExpressionConfusionDisplay) else _WIDTH
    with plt.rc_context(_STYLE):
        figure, ax = plt.subplots(figsize=(width, height), layout="constrained")
        display.plot(ax)
        figure.savefig(buffer, format="svg", transparent=True)
    plt.close(figure)
    root = ElementTree.fromstring(buffer.getvalue())
    _strip(root)
    _make_ids_unique(root, name)
    _, _, points, _ = root.attrib["viewBox"].split()
    for size in ("width", "height"):
        del root.attrib[size]
    # A point is 4/3 pixels; a little larger than drawn looks well on a desktop.
    style = f"max-width: {float(points) * 4 / 3 * 1.15:.0f}px"
    root.attrib |= {"class": "plot", "role": "img", "aria-label": label, "style": style}
    return ElementTree.tostring(root, encoding="unicode")


def _strip(root):
    """Remove what a page does not need: metadata, style for all elements, namespaces, decimals."""
    for parent in list(root.iter()):
        for child in list(parent):
            if child.tag.endswith(("}metadata", "}style")):
                parent.remove(child)
    for element in root.iter():
        element.tag = element.tag.rpartition("}")[2]
        attributes = {name.rpartition("}")[2]: value for name, value in element.items()}
        element.attrib.clear()
        for name, value in attributes.items():
            value = value.replace(_INK, "currentColor")
            if not value.startswith("data:"):
                value = _LONG_FRACTION.sub(lambda number: f"{float(number[0]):.2f}", value)
            element.set(name, value)


def _make_ids_unique(root, name):
    """Name what is referred to after the figure, since ids count for the whole page."""
    used = set()
    for element in root.iter():
        for attribute in ("href", "clip-path"):
            value = element.get(attribute, "")
            if value.startswith(("#", "url(#")):
                used.add(value.removeprefix("url(").strip("#)"))
                element.set(attribute, value.replace("#", f"#{name}-"))
    for element in root.iter():
        if (own := element.attrib.pop("id", None)) in used:
            element.set("id", f"{name}-{own}")
