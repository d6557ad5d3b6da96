"""The mean explanation of each expression, over its mean face."""

import numpy as np
from sklearn.base import BaseEstimator

from skfer.utils import check_images
from skfer.utils._matplotlib import get_axes

__all__ = ["ExplanationDisplay", "mean_maps"]


def mean_maps(maps, y):
    """Average maps over the faces of each label.

    Parameters
    ----------
    maps : ndarray of shape (n_images, height, width)
        One map a face.
    y : array-like of shape (n_images,)
        Labels.

    Returns
    -------
    means : dict of label to ndarray of shape (height, width)
        The mean maps, in the order of the labels.

    Raises
    ------
    ValueError
        If there is not one label a map.

    Examples
    --------
    >>> import numpy as np
    >>> from skfer.inspection import mean_maps
    >>> {label: map.tolist() for label, map in mean_maps(np.ones((2, 1, 1)), ["sad"] * 2).items()}
    {'sad': [[1.0]]}
    """
    y = np.asarray(y)
    if len(y) != len(maps):
        raise ValueError(f"There are {len(maps)} maps, but {len(y)} labels.")
    return {label: maps[y == label].mean(axis=0) for label in np.unique(y).tolist()}


class ExplanationDisplay:
    """Mean map of each expression over the mean face of that expression.

    Parameters
    ----------
    maps : dict of label to ndarray of shape (height, width)
        Mean maps, as `mean_maps` gives them.
    faces : dict of label to ndarray of shape (height, width)
        Mean faces.

    Attributes
    ----------
    face_ims_, map_ims_ : list of matplotlib AxesImage
        Faces and maps.
    text_ : list of matplotlib Text
        The labels.
    ax_ : matplotlib Axes
        The axes drawn on.
    figure_ : matplotlib Figure
        The figure of the axes.

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

    def __init__(self, maps, faces):
        self.maps = maps
        self.faces = faces

    @classmethod
    def from_maps(cls, maps, X, y, *, ax=None):
        """Average maps and faces of each label and draw them.

        Parameters
        ----------
        maps : ndarray of shape (n_images, height, width)
            From `occlusion_maps` or `grad_cam`.
        X : ndarray of shape (n_images, height, width) or (n_images,)
            The faces, as a stack or a face array.
        y : array-like of shape (n_images,)
            Labels. With folds in which the classifier has not seen the faces, the picture shows
            what it uses on new subjects.
        ax : matplotlib Axes, default=None
            Axes to draw on; None makes a figure.

        Returns
        -------
        display : ExplanationDisplay
            The display, drawn.

        Raises
        ------
        ValueError
            If maps and faces differ in shape, or labels in number.
        """
        stack = check_images(BaseEstimator(), X).images
        if stack.shape != maps.shape:
            raise ValueError(f"The maps have shape {maps.shape}, the faces {stack.shape}.")
        return cls(mean_maps(maps, y), mean_maps(stack, y)).plot(ax)

    def plot(self, ax=None, *, cmap="coolwarm", alpha=0.5):
        """Draw the mean maps in a row.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Axes to draw on; None makes a figure.
        cmap : str, default="coolwarm"
            Colours, symmetric about zero; one scale serves all expressions.
        alpha : float, default=0.5
            How much the map covers the face.

        Returns
        -------
        display : ExplanationDisplay
            Itself.
        """
        n_labels = len(self.maps)
        ax = get_axes(ax, self, figsize=(1.8 * n_labels + 0.6, 2.2), layout="constrained")
        height, width = next(iter(self.maps.values())).shape
        reach = max(np.abs(values).max() for values in self.maps.values()) or 1.0
        self.face_ims_, self.map_ims_, self.text_ = [], [], []
        gap = width // 12 + 1
        for place, (label, values) in enumerate(self.maps.items()):
            left = place * (width + gap)
            where = {"extent": (left, left + width, height, 0)}
            self.face_ims_.append(ax.imshow(self.faces[label], cmap="gray", **where))
            self.map_ims_.append(
                ax.imshow(values, cmap=cmap, alpha=alpha, vmin=-reach, vmax=reach, **where)
            )
            text = ax.text(left + width / 2, -0.04 * height, str(label), ha="center", va="bottom")
            self.text_.append(text)
        ax.set(xlim=(0, n_labels * (width + gap) - gap), ylim=(height, -0.15 * height))
        ax.set_axis_off()
        ax.figure.colorbar(self.map_ims_[0], ax=ax, shrink=0.8)
        self.ax_, self.figure_ = ax, ax.figure
        return self
