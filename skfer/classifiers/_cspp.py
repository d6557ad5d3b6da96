"""CSPPClassifier: the C-SPP network as a scikit-learn classifier."""

from skfer.classifiers._network import NetworkClassifier


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


if CSPPClassifier.__doc__:  # python -OO strips it
    _before, _, _rest = NetworkClassifier.__doc__.partition("    See Also\n")
    _sections = {
        "parameters": "    Parameters\n" + _before.partition("    Parameters\n")[2].rstrip(),
        "references": "    References\n"
        + _rest.partition("    References\n")[2].partition("    Examples\n")[0].rstrip(),
    }
    for _name, _text in _sections.items():
        CSPPClassifier.__doc__ = CSPPClassifier.__doc__.replace(f"    %({_name})s", _text)
