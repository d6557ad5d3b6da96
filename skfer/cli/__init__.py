"""The command `skfer`."""

__all__ = []
