"""Sphinx configuration."""

import importlib
from pathlib import Path

from skfer import __version__

project = "skfer"
author = copyright = "The skfer developers"
release = __version__
extensions = [
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "numpydoc",
    "sphinx_gallery.gen_gallery",
    "myst_parser",
]
autosummary_generate = ["api.rst", "api_tables.rst"]
# Summaries in the tables cite references whose list is on the page of the name.
suppress_warnings = ["ref.ref"]
numpydoc_show_class_members = False
# Their docstrings refer to scikit-learn's own glossary.
_requests = ("fit", "partial_fit", "predict", "score", "transform", "inverse_transform")
autodoc_default_options = {
    "exclude-members": ", ".join(f"set_{method}_request" for method in _requests)
}
exclude_patterns = ["_build", "api_tables.rst"]
myst_heading_anchors = 3
sphinx_gallery_conf = {
    "examples_dirs": "../examples",
    "gallery_dirs": "auto_examples",
    "plot_gallery": True,
}
html_theme = "alabaster"

API_MODULES = (
    "faces datasets alignment augmentation preprocessing descriptors features networks "
    "classifiers pipelines inference evaluation inspection persistence base utils"
).split()


def write_api_tables(path):
    """Write a table of the names in ``__all__`` of each module, with a page per name."""
    lines = []
    for name in API_MODULES:
        module = importlib.import_module(f"skfer.{name}")
        title = f"skfer.{name}"
        lines += [title, "-" * len(title), "", module.__doc__.strip().splitlines()[0], ""]
        lines += [f".. currentmodule:: {title}", "", ".. autosummary::"]
        lines += ["   :toctree: generated/", "", *(f"   {member}" for member in module.__all__), ""]
    path.write_text("\n".join(lines))


write_api_tables(Path(__file__).with_name("api_tables.rst"))
