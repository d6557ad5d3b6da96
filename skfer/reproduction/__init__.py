"""The tables and figures of the C-SPP paper, from the user's own copies of the data sets."""

__all__ = []
