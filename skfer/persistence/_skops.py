"""Estimators without a network as the bytes of skops, which builds known types only."""

import io
import zipfile
from copy import copy

import pandas as pd
import skops.io
from sklearn.base import BaseEstimator

from skfer.utils._discovery import all_estimators

__all__ = ["dump_estimator", "load_estimator"]

_LARGEST_CONTENT = 2**31


def dump_estimator(estimator):
    """Write an estimator as bytes.

    Parameters
    ----------
    estimator : BaseEstimator
        Of scikit-learn or skfer.

    Returns
    -------
    content : bytes
        The archive of skops.

    Raises
    ------
    TypeError
        If `load_estimator` would refuse it.

    Examples
    --------
    >>> from sklearn.preprocessing import StandardScaler
    >>> from skfer.persistence._skops import dump_estimator, load_estimator
    >>> load_estimator(dump_estimator(StandardScaler(with_mean=False)))
    StandardScaler(with_mean=False)
    """
    try:
        content = skops.io.dumps(_without_reports(estimator))
    except Exception as error:  # skops raises whatever the copying of an unknown object does
        raise TypeError(
            f"{type(estimator).__name__} cannot be saved without pickle. Classifiers over networks "
            "travel alone or as steps of a pipeline."
        ) from error
    odd = _unknown_types(content)
    if odd:
        raise TypeError(
            f"{type(estimator).__name__} cannot be saved without pickle, since it holds {odd}."
        )
    return content


def load_estimator(content):
    """Build an estimator from bytes.

    Parameters
    ----------
    content : bytes
        As `dump_estimator` gave it.

    Returns
    -------
    estimator : BaseEstimator
        The estimator.

    Raises
    ------
    ValueError
        If the bytes hold other types, or are damaged.
    """
    odd = _unknown_types(content)
    if odd:
        raise ValueError(f"an estimator holds types that are not trusted: {odd}")
    estimator = skops.io.loads(content, trusted=sorted(_trusted_types()))
    if not isinstance(estimator, BaseEstimator):
        raise ValueError(f"{type(estimator).__name__} is no estimator")
    return estimator


def check_unpacked_size(contents):
    """Refuse archives that would unpack to gigabytes together.

    Parameters
    ----------
    contents : iterable of bytes
        As `dump_estimator` gave them.

    Raises
    ------
    ValueError
        If they would.
    """
    total = 0
    for content in contents:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            total += sum(member.file_size for member in archive.infolist())
    if total > _LARGEST_CONTENT:
        raise ValueError("its estimators would unpack to more than two gigabytes")


def _without_reports(estimator):
    """Leave out tables, which tell of the images of a session, such as ``missing_``."""
    stripped = copy(estimator)
    for name, value in vars(estimator).items():
        if isinstance(value, pd.DataFrame):
            delattr(stripped, name)
    return stripped


def _unknown_types(content):
    trusted = _trusted_types()
    return [name for name in skops.io.get_untrusted_types(data=content) if name not in trusted]


def _trusted_types():
    return {f"{kind.__module__}.{kind.__qualname__}" for _, kind in all_estimators()}
