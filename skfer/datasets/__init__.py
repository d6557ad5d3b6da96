"""Readers of face data sets, the vocabulary of expressions and synthetic faces."""

from skfer.datasets._base import get_data_home
from skfer.datasets._ck48 import load_ck48
from skfer.datasets._image_folder import load_image_folder
from skfer.datasets._labels import BASIC_EXPRESSIONS, EXPRESSIONS, canonical_expression
from skfer.datasets._london import load_london
from skfer.datasets._registry import load_dataset
from skfer.datasets._synthetic import make_faces

__all__ = [
    "BASIC_EXPRESSIONS",
    "EXPRESSIONS",
    "canonical_expression",
    "get_data_home",
    "load_ck48",
    "load_dataset",
    "load_image_folder",
    "load_london",
    "make_faces",
]
