"""Subject-independent facial expression recognition, scikit-learn compatible.

Importing the package is light: torch and OpenCV are imported by the modules that use them.
"""

from skfer._version import __version__

__all__ = ["__version__"]
