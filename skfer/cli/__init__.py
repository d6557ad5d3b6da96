"""The command `skfer`."""

from skfer.cli._main import main

__all__ = ["main"]
