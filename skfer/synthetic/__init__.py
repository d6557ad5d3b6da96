"""Synthetic faces: persons, expressions and photographs, drawn without any data."""

from skfer.synthetic._face_sequences import make_face_sequences
from skfer.synthetic._faces import make_faces

__all__ = ["make_face_sequences", "make_faces"]
