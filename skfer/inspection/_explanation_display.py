"""The mean explanation of each expression, over its mean face."""

from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import ArrayLike

from skfer._typing import Array, Images
from skfer.descriptors import PixelDescriptor
from skfer.utils._matplotlib import Display
from skfer.utils._text import printable

if TYPE_CHECKING:
    from matplotlib.axes import Axes


class ExplanationDisplay(Display):
    """Mean map of each expression over the mean face of that expression.

    Parameters
    ----------
    maps : dict of label to ndarray of shape (height, width)
        Mean maps.
    faces : dict of label to ndarray of shape (height, width)
        Mean faces.

    Attributes
    ----------
    face_ims_, map_ims_ : list of matplotlib AxesImage
        Faces and maps.
    text_ : list of matplotlib Text
        The labels.
    ax_, figure_ : matplotlib Axes and Figure
        What was drawn on.

    Examples
    --------
    >>> from skfer.classifiers import CSPPClassifier
    >>> from skfer.datasets import make_faces
    >>> from skfer.inspection import ExplanationDisplay, grad_cam
    >>> X, y, _ = make_faces(2, 2, expressions=("happy", "sad"), random_state=0, return_X_y=True)
    >>> classifier = CSPPClassifier(max_epochs=1, random_state=0).fit(X, y)
    >>> maps = grad_cam(classifier, X, labels=y)
    >>> [text.get_text() for text in ExplanationDisplay.from_maps(maps, X, y).text_]
    ['happy', 'sad']
    """

    def __init__(self, maps: dict[Any, Array], faces: dict[Any, Array]):
        self.maps = maps
        self.faces = faces

    @classmethod
    def from_maps(cls, maps: Array, X: Images, y: ArrayLike, *, ax: "Axes | None" = None) -> Self:
        """Average maps and faces of each label and draw them.

        Parameters
        ----------
        maps : ndarray of shape (n_images, height, width)
            From `occlusion_maps` or `grad_cam`.
        X : array-like of shape (n_images, height * width), (n_images, height, width) or (n_images,)
            The faces: flattened rows, a stack, or a face array.
        y : array-like of shape (n_images,)
            Labels. Faces the classifier has not seen show what it uses on new subjects.
        ax : matplotlib Axes, default=None
            Axes to draw on; None makes a figure.

        Returns
        -------
        display : ExplanationDisplay
            The display, drawn.
        """
        pixels = PixelDescriptor(image_shape=maps.shape[1:])
        rows = pixels.fit_transform(X)
        stack = rows.reshape(len(rows), *pixels.image_shape_)
        if stack.shape != maps.shape:
            raise ValueError(f"The maps have shape {maps.shape}, the faces {stack.shape}.")
        return cls(_mean_maps(maps, y), _mean_maps(stack, y)).plot(ax)

    @property
    def _figure_options(self):
        return {"figsize": (1.8 * len(self.maps) + 0.6, 2.2), "layout": "constrained"}

    def _draw(self, ax):
        height, width = next(iter(self.maps.values())).shape
        reach = max(np.abs(values).max() for values in self.maps.values()) or 1.0
        self.face_ims_, self.map_ims_, self.text_ = [], [], []
        gap = width // 12 + 1
        for place, (label, values) in enumerate(self.maps.items()):
            left = place * (width + gap)
            where = {"extent": (left, left + width, height, 0)}
            self.face_ims_.append(ax.imshow(self.faces[label], cmap="gray", **where))
            self.map_ims_.append(
                ax.imshow(values, cmap="coolwarm", alpha=0.5, vmin=-reach, vmax=reach, **where)
            )
            (name,) = printable([label])
            above = (left + width / 2, -0.04 * height)
            text = ax.text(*above, name, ha="center", va="bottom", parse_math=False)
            self.text_.append(text)
        ax.set(xlim=(0, len(self.maps) * (width + gap) - gap), ylim=(height, -0.15 * height))
        ax.set_axis_off()
        ax.figure.colorbar(self.map_ims_[0], ax=ax, shrink=0.8)


def _mean_maps(maps, y):
    """Return the mean map of each label, as a dictionary in the order of the labels."""
    y = np.asarray(y)
    if len(y) != len(maps):
        raise ValueError(f"There are {len(maps)} maps, but {len(y)} labels.")
    return {label: maps[y == label].mean(axis=0) for label in np.unique(y).tolist()}
