"""Readers of face data sets, the vocabulary of expressions and synthetic faces."""

from skfer.datasets._base import get_data_home
from skfer.datasets._ck48 import load_ck48
from skfer.datasets._ckplus import load_ckplus
from skfer.datasets._fetch import fetch_london
from skfer.datasets._image_folder import load_image_folder
from skfer.datasets._jaffe import load_jaffe
from skfer.datasets._labels import (
    BASIC_EXPRESSIONS,
    EXPRESSIONS,
    canonical_expression,
    decode_expression,
)
from skfer.datasets._load_faces import load_faces
from skfer.datasets._london import load_london
from skfer.datasets._mmi import load_mmi
from skfer.datasets._nimstim import load_nimstim
from skfer.datasets._registry import load_dataset
from skfer.datasets._save_faces import save_faces
from skfer.datasets._synthetic import make_faces
from skfer.datasets._yale import load_yale

__all__ = [
    "BASIC_EXPRESSIONS",
    "EXPRESSIONS",
    "canonical_expression",
    "decode_expression",
    "fetch_london",
    "get_data_home",
    "load_ck48",
    "load_ckplus",
    "load_dataset",
    "load_faces",
    "load_image_folder",
    "load_jaffe",
    "load_london",
    "load_mmi",
    "load_nimstim",
    "load_yale",
    "make_faces",
    "save_faces",
]
