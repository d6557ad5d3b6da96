"""Parameters and labels as JSON and back."""

from numbers import Integral, Real

import numpy as np
import torch

__all__ = ["decode_array", "decode_value", "encode_array", "encode_value"]

_NUMBER_TYPES = ("bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64")
_NUMBER_TYPES += ("float32", "float64")


def encode_value(value, networks=()):
    """Turn a parameter into what JSON can hold.

    Parameters
    ----------
    value : object
        None, a truth value, number or text, a tuple, list or dictionary of such, an optimizer of
        ``torch.optim``, or one of `networks`.
    networks : iterable of type, default=()
        Networks that are known by name.

    Returns
    -------
    encoded : object
        For ``json.dumps``.

    Raises
    ------
    TypeError
        If the value is something else.

    Examples
    --------
    >>> from skfer.persistence._values import encode_value
    >>> encode_value((3, 2, 1))
    {'tuple': [3, 2, 1]}
    """
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, np.bool_):
        return bool(value)
    if isinstance(value, Integral):
        return int(value)
    if isinstance(value, Real):
        return float(value)
    if isinstance(value, list):
        return [encode_value(item, networks) for item in value]
    if isinstance(value, tuple):
        return {"tuple": [encode_value(item, networks) for item in value]}
    if isinstance(value, dict):
        pairs = [[encode_value(part, networks) for part in pair] for pair in value.items()]
        return {"dict": pairs}
    if isinstance(value, type) and getattr(torch.optim, value.__name__, None) is value:
        return {"optimizer": value.__name__}
    if isinstance(value, type) and any(value is network for network in networks):
        return {"network": value.__name__}
    raise TypeError(f"{value!r} cannot be saved without pickle.")


def decode_value(encoded, networks=()):
    """Turn what JSON held into a parameter.

    Parameters
    ----------
    encoded : object
        As `encode_value` gave it.
    networks : iterable of type, default=()
        Networks that are known by name.

    Returns
    -------
    value : object
        The parameter.

    Raises
    ------
    ValueError
        If it names anything that is not known.

    Examples
    --------
    >>> from skfer.persistence._values import decode_value
    >>> decode_value({"tuple": [3, 2, 1]})
    (3, 2, 1)
    """
    if isinstance(encoded, list):
        return [decode_value(item, networks) for item in encoded]
    if not isinstance(encoded, dict):
        return encoded
    if len(encoded) != 1:
        raise ValueError(f"{encoded!r} is no parameter.")
    ((kind, content),) = encoded.items()
    if kind == "tuple":
        return tuple(decode_value(item, networks) for item in content)
    if kind == "dict":
        return {
            decode_value(key, networks): decode_value(value, networks) for key, value in content
        }
    if kind == "optimizer":
        optimizer = getattr(torch.optim, str(content), None)
        if isinstance(optimizer, type) and issubclass(optimizer, torch.optim.Optimizer):
            return optimizer
    if kind == "network":
        for network in networks:
            if network.__name__ == content:
                return network
        raise ValueError(
            f"the network {content!r} is none of skfer.networks; give your own by networks=[...]"
        )
    raise ValueError(f"{encoded!r} is no parameter.")


def encode_array(array):
    """Turn an array of labels into what JSON can hold.

    Parameters
    ----------
    array : ndarray of shape (n,)
        Texts, numbers or truth values.

    Returns
    -------
    encoded : dict
        Type and values.

    Raises
    ------
    TypeError
        If the array holds something else.

    Examples
    --------
    >>> import numpy as np
    >>> from skfer.persistence._values import encode_array
    >>> encode_array(np.array(["happy", "sad"]))
    {'dtype': 'str', 'values': ['happy', 'sad']}
    """
    values = array.tolist()
    if array.dtype.kind in "UO" and all(isinstance(value, str) for value in values):
        return {"dtype": "str" if array.dtype.kind == "U" else "object", "values": values}
    if array.dtype.name in _NUMBER_TYPES:
        return {"dtype": array.dtype.name, "values": values}
    raise TypeError(f"labels of type {array.dtype} cannot be saved without pickle.")


def decode_array(encoded):
    """Turn what JSON held into an array of labels.

    Parameters
    ----------
    encoded : dict
        As `encode_array` gave it.

    Returns
    -------
    array : ndarray of shape (n,)
        The labels.

    Raises
    ------
    ValueError
        If type or values are not those of labels.

    Examples
    --------
    >>> from skfer.persistence._values import decode_array
    >>> decode_array({"dtype": "int64", "values": [1, 2]}).tolist()
    [1, 2]
    """
    dtype, values = encoded["dtype"], encoded["values"]
    texts = dtype in ("str", "object")
    known = texts or dtype in _NUMBER_TYPES
    expected = str if texts else (bool, int, float)
    if not (known and values and all(isinstance(value, expected) for value in values)):
        raise ValueError(f"{str(encoded)[:80]} are no labels.")
    return np.array(values, dtype=dtype)
