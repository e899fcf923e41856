"""Sphinx configuration."""

import os
import re

from sktime.base import BaseEstimator

import skrnn

project = "skrnn"
author = "The skrnn developers"
copyright = "2026, The skrnn developers"
release = skrnn.__version__
version = ".".join(release.split(".")[:2])

extensions = [
    "numpydoc",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx.ext.mathjax",
    "sphinx_copybutton",
    "sphinx_gallery.gen_gallery",
]
templates_path = ["_templates"]
exclude_patterns = ["_build", "auto_examples/**/*.ipynb", "**/sg_execution_times.rst"]
default_role = "literal"

# The build needs no network. Where there is one, names of other projects can be links.
if os.environ.get("SKRNN_DOCS_ONLINE"):
    extensions.append("sphinx.ext.intersphinx")
    intersphinx_mapping = {
        "python": ("https://docs.python.org/3", None),
        "numpy": ("https://numpy.org/doc/stable", None),
        "pandas": ("https://pandas.pydata.org/docs", None),
        "sklearn": ("https://scikit-learn.org/stable", None),
        "sktime": ("https://www.sktime.net/en/stable", None),
    }

maximum_signature_line_length = 88
toc_object_entries_show_parents = "hide"
autosummary_generate = True
# Forecasters inherit tags, test instances and serialization: for developers of sktime.
shown = {"clone", "get_fitted_params", "get_params", "reset", "save", "set_params"}
autosummary_context = {
    "hidden": sorted({*dir(BaseEstimator), "get_metadata_routing"} - shown)
}
# The class pages list their members themselves.
numpydoc_show_class_members = False
numpydoc_class_members_toctree = False

html_theme = "pydata_sphinx_theme"
html_title = "skrnn"
html_theme_options = {
    "navigation_with_keys": False,
    "show_toc_level": 2,
    "secondary_sidebar_items": ["page-toc"],
    "footer_start": ["copyright"],
    "footer_end": [],
}
html_sidebars = {
    "install": [],
    "concepts": [],
    "benchmarks": [],
    "contributing": [],
    "changelog": [],
}

copybutton_prompt_text = r">>> |\.\.\. |\$ "
copybutton_prompt_is_regexp = True

sphinx_gallery_conf = {
    "examples_dirs": "../examples",
    "gallery_dirs": "auto_examples",
    "filename_pattern": r"/plot_",
    "within_subsection_order": "FileNameSortKey",
    "doc_module": ("skrnn",),
    "backreferences_dir": "api/generated/backreferences",
    "remove_config_comments": True,
    "show_memory": False,
    "download_all_examples": False,
}


def _prepare_docstring(app, what, name, obj, options, lines):
    """Shorten what is inherited; let attributes stand in the shape of an array."""
    owner = getattr(getattr(obj, "fget", obj), "__module__", None) or "skrnn"
    package = owner.partition(".")[0]
    if package == "skrnn":
        lines[:] = [SHAPE.sub(_escape_underscores, line) for line in lines]
    elif package in INHERITED_FROM:
        # The rest of the docstring has links that lead nowhere outside its own site.
        end = next((i for i, line in enumerate(lines) if not line.strip()), len(lines))
        summary = [ROLE.sub(r"\1", line) for line in lines[:end]]
        lines[:] = [*summary, "", f"Inherited: see the documentation of {package}.", ""]


INHERITED_FROM = ("skbase", "sklearn", "sktime")
ROLE = re.compile(r":\w+:`~?([^`<]+?)(?:\s*<[^`>]+>)?`")
SHAPE = re.compile(r"(?<=shape \()[^)]*")


def _escape_underscores(match):
    # `max_length_` is a link in reST, unless its last character is escaped.
    return re.sub(r"(?<=\w)_(?!\w)", r"\\_", match[0])


def setup(app):
    """Connect what this file adds to Sphinx."""
    app.connect("autodoc-process-docstring", _prepare_docstring, priority=400)
