"""One face with what speaks for its expression."""

import numpy as np

from skfer.inspection._explain import FaceExplanation
from skfer.utils._matplotlib import Display
from skfer.utils._text import printable

_TITLES = {"grad-cam": "Grad-CAM", "occlusion": "loss when covered"}


class FaceExplanationDisplay(Display):
    """A face, the map over it, and the probabilities of the expressions.

    Parameters
    ----------
    explanation : FaceExplanation
        As :func:`explain_images` yields it, of a picture with a face.
    name : str, default=""
        Name of the picture, for the title.

    Attributes
    ----------
    face_ims_ : list of matplotlib AxesImage
        The face, alone and below the map.
    map_im_ : matplotlib AxesImage
        The map: red supports the expression, blue speaks against it.
    text_ : list of matplotlib Text
        The title, and an expression with its probability in each line.
    ax_, figure_ : matplotlib Axes and Figure
        What was drawn on.

    Examples
    --------
    >>> import numpy as np
    >>> from skfer.inspection import FaceExplanation, FaceExplanationDisplay
    >>> face = np.zeros((48, 48), np.uint8)
    >>> explanation = FaceExplanation("happy", {"happy": 0.9, "sad": 0.1}, face, face / 255)
    >>> display = FaceExplanationDisplay(explanation, "S001.jpg").plot()
    >>> display.text_[0].get_text()
    'S001.jpg: happy'
    """

    _figure_options = {"figsize": (6.4, 2.6), "layout": "constrained"}

    def __init__(self, explanation: FaceExplanation, name: str = ""):
        self.explanation = explanation
        self.name = name

    def _draw(self, ax):
        one = self.explanation
        height, width = one.face.shape
        gap = width // 12 + 1
        places = [(left, left + width, height, 0) for left in (0, width + gap)]
        self.face_ims_ = [ax.imshow(one.face, cmap="gray", extent=place) for place in places]
        reach = np.abs(one.map).max() or 1.0
        self.map_im_ = ax.imshow(
            one.map, cmap="coolwarm", alpha=0.5, vmin=-reach, vmax=reach, extent=places[1]
        )
        title, *labels = printable([f"{self.name}: {one.expression}", *one.probabilities])
        plain = {"parse_math": False, "va": "bottom"}
        self.text_ = [ax.text(0, -0.05 * height, title, **plain)]
        ax.text(places[1][1], -0.05 * height, _TITLES.get(one.method, ""), ha="right", **plain)
        left, line = places[1][1] + 2 * gap, height / max(len(labels), 6)
        for row, (label, share) in enumerate(zip(labels, one.probabilities.values(), strict=True)):
            top = row * line
            ax.barh(top + 0.8 * line, share * width, 0.25 * line, left=left, color="tab:red")
            text = f"{label} {100 * share:.0f} %"
            self.text_.append(ax.text(left, top + 0.6 * line, text, size=8, **plain))
        ax.set(xlim=(0, left + width), ylim=(height, -0.2 * height))
        ax.set_axis_off()
