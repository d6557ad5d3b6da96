"""Models that travel without pickle: loading a file runs no code from it."""

from skfer.persistence._card import format_card, make_card
from skfer.persistence._model_file import load_model, read_card, save_model
from skfer.persistence._onnx import export_onnx

__all__ = ["export_onnx", "format_card", "load_model", "make_card", "read_card", "save_model"]
