"""Readers of face data sets, the vocabulary of expressions and synthetic faces."""

from skfer.datasets._bunch import get_data_home
from skfer.datasets._fetch import fetch_london
from skfer.datasets._labels import EXPRESSIONS, canonical_expression, decode_expression
from skfer.datasets._readers.ck48 import load_ck48
from skfer.datasets._readers.ckplus import load_ckplus
from skfer.datasets._readers.image_folder import load_image_folder
from skfer.datasets._readers.jaffe import load_jaffe
from skfer.datasets._readers.london import load_london
from skfer.datasets._readers.mmi import load_mmi
from skfer.datasets._readers.nimstim import load_nimstim
from skfer.datasets._readers.yale import load_yale
from skfer.datasets._registry import load_dataset
from skfer.datasets._saved import load_faces, save_faces
from skfer.datasets._tables.feature_table import load_feature_table
from skfer.synthetic import make_face_sequences, make_faces

__all__ = [
    "EXPRESSIONS",
    "canonical_expression",
    "decode_expression",
    "fetch_london",
    "get_data_home",
    "load_ck48",
    "load_ckplus",
    "load_dataset",
    "load_faces",
    "load_feature_table",
    "load_image_folder",
    "load_jaffe",
    "load_london",
    "load_mmi",
    "load_nimstim",
    "load_yale",
    "make_face_sequences",
    "make_faces",
    "save_faces",
]
