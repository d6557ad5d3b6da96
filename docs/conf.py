"""Sphinx configuration."""

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
autosummary_generate = True
numpydoc_show_class_members = False
# Their docstrings refer to scikit-learn's own glossary.
_requests = ("fit", "partial_fit", "predict", "score", "transform", "inverse_transform")
autodoc_default_options = {
    "exclude-members": ", ".join(f"set_{method}_request" for method in _requests)
}
exclude_patterns = ["_build"]
myst_heading_anchors = 3
sphinx_gallery_conf = {
    "examples_dirs": "../examples",
    "gallery_dirs": "auto_examples",
    "plot_gallery": True,
}
html_theme = "alabaster"
