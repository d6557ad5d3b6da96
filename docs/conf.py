"""Sphinx configuration."""

import importlib
import logging
import re
from pathlib import Path

from docutils import nodes
from sphinx.addnodes import pending_xref
from sphinx.ext.autosummary import autosummary_table
from sphinx.transforms import SphinxTransform

from skfer import __version__

project = "skfer"
author = copyright = "The skfer developers"
release = __version__
extensions = [
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx.ext.intersphinx",
    "numpydoc",
    "sphinx_gallery.gen_gallery",
    "sphinx_copybutton",
    "sphinx_design",
    "myst_parser",
]
exclude_patterns = ["_build", "paper.md"]  # the latter is for a journal
templates_path = ["_templates"]
# Inherited docstrings refer to sections of scikit-learn's guide, which are known only online.
suppress_warnings = ["ref.ref"]

# Pages in Markdown.
myst_enable_extensions = ["colon_fence"]
myst_heading_anchors = 3
copybutton_prompt_text = r">>> |\.\.\. |\$ "
copybutton_prompt_is_regexp = True

# A page per name.
toc_object_entries_show_parents = "hide"
_METHODS = ("fit", "partial_fit", "predict", "score", "transform", "inverse_transform")
autosummary_generate = True
autosummary_ignore_module_all = False
# Their docstrings refer to scikit-learn's own glossary.
autodoc_default_options = {
    "exclude-members": ", ".join(["get_metadata_routing", *(f"set_{m}_request" for m in _METHODS)]),
}
autodoc_preserve_defaults = True
autodoc_typehints = "none"  # the docstrings have the types
numpydoc_show_class_members = False

sphinx_gallery_conf = {
    "examples_dirs": "../examples",
    "gallery_dirs": "auto_examples",
    "backreferences_dir": "generated/backreferences",
    "doc_module": ("skfer",),
    "remove_config_comments": True,
    "show_signature": False,
}

intersphinx_mapping = {
    "python": ("https://docs.python.org/3", None),
    "numpy": ("https://numpy.org/doc/stable", None),
    "pandas": ("https://pandas.pydata.org/docs", None),
    "matplotlib": ("https://matplotlib.org/stable", None),
    "sklearn": ("https://scikit-learn.org/stable", None),
    "torch": ("https://docs.pytorch.org/docs/stable", None),
    "skorch": ("https://skorch.readthedocs.io/en/stable", None),
}
intersphinx_timeout = 5
# References have to resolve, except to other projects, which are unknown when built offline.
nitpicky = True
nitpick_ignore_regex = [
    ("py:.*", r"(matplotlib|numpy|pandas|sklearn|skorch|torch)\..*"),
    ("py:mod", "glob"),
]

html_theme = "pydata_sphinx_theme"
html_title = "skfer"
html_show_sourcelink = False
html_theme_options = {
    "logo": {"text": "skfer"},
    "header_links_before_dropdown": 7,
    "navbar_end": ["theme-switcher"],
    "secondary_sidebar_items": ["page-toc"],
    "show_toc_level": 2,
    "footer_start": ["copyright"],
    "footer_end": [],
}
html_sidebars = {page: [] for page in ("index", "getting_started")}


_LINKED = (nodes.title, nodes.reference, pending_xref)


class LinkPublicNames(SphinxTransform):
    """Link the names of skfer in the text of the pages to their own pages."""

    default_priority = 500
    modules = re.findall(r"skfer\.\w+", Path(__file__).with_name("api.rst").read_text())
    places = {module: module for module in modules} | {
        name: f"{module}.{name}"
        for module in modules
        for name in importlib.import_module(module).__all__
    }

    def apply(self):
        """Wrap each such literal in a reference."""
        if not self.env.docname.startswith(("auto_examples", "generated")):
            for literal in list(self.document.findall(nodes.literal)):
                place = self.places.get(literal.astext().partition("(")[0])
                if place and not isinstance(literal.parent, _LINKED):
                    link = pending_xref(
                        "", literal.deepcopy(), refdomain="py", reftype="obj", reftarget=place
                    )
                    literal.replace_self(link)


class DropCitations(SphinxTransform):
    """Remove citations from the tables of names; they are listed on the page of the name."""

    default_priority = 500

    def apply(self):
        """Remove each, and the space before it."""
        for table in self.document.findall(autosummary_table):
            for citation in list(table.findall(nodes.citation_reference)):
                siblings = citation.parent.children
                before = siblings[siblings.index(citation) - 1]
                before.parent.replace(before, nodes.Text(before.astext().rstrip()))
                citation.parent.remove(citation)


def setup(app):
    """Register the transforms above."""
    app.add_transform(LinkPublicNames)
    app.add_transform(DropCitations)


def ignore_unreachable_inventories(record):
    """Let documentation be built offline: links to other projects are then plain text."""
    if record.msg.startswith("failed to reach any of the inventories"):
        record.levelno, record.levelname = logging.INFO, "INFO"
    return True


logging.getLogger("sphinx.sphinx.ext.intersphinx").addFilter(ignore_unreachable_inventories)
