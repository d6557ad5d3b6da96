"""CSPPClassifier: the C-SPP network as a scikit-learn classifier."""

from inspect import cleandoc

from skfer._docstring import fill_docstring
from skfer.classifiers._network import NetworkClassifier


def _sections(first, next_one):
    """Return the sections of NetworkClassifier from one heading up to another."""
    text = cleandoc(NetworkClassifier.__doc__ or "")
    return first + text.partition(first)[2].partition(next_one)[0]


@fill_docstring(
    parameters=_sections("Parameters\n", "See Also\n"),
    references=_sections("References\n", "Examples\n"),
)
class CSPPClassifier(NetworkClassifier):
    """Expression classifier with cross-connection and spatial pyramid pooling (C-SPP).

    A :class:`NetworkClassifier` over
    :class:`skfer.networks.CSPPNet`: three stages of convolutions; the maps behind the last one and
    those of a lower layer are pooled over spatial pyramids, joined and classified (Li et al.
    2019). What the paper leaves open is a parameter of the network, such as
    ``network__low_level_tap``; after an :class:`~skfer.preprocessing.IntensityNormalizer` give
    ``network__contrast_window=None``.

    %(parameters)s

    See Also
    --------
    NetworkClassifier : The same for any network.

    %(references)s

    Examples
    --------
    >>> from sklearn.model_selection import GroupKFold, cross_val_score
    >>> from skfer.classifiers import CSPPClassifier
    >>> from skfer.datasets import make_faces
    >>> X, y, subjects = make_faces(
    ...     4, 2, expressions=("happy", "sad"), random_state=0, return_X_y=True
    ... )
    >>> classifier = CSPPClassifier(max_epochs=2, network__hidden_units=128, random_state=0)
    >>> cross_val_score(classifier, X, y, groups=subjects, cv=GroupKFold(2)).shape
    (2,)
    """
