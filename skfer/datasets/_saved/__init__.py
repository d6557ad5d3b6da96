"""Faces of a big collection, saved in one file that can be mapped into memory."""
