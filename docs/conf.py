"""How the documentation is built: `make docs`."""

from importlib.metadata import version as installed_version

project = "LifeCircle 生活圈"
author = "LifeCircle contributors"
copyright = author  # noqa: A001 - Sphinx's name for it
version = release = installed_version("lifecircle")

extensions = ["myst_parser", "numpydoc", "sphinx.ext.autodoc", "sphinx.ext.autosummary"]
exclude_patterns = ["_build"]
html_theme = "furo"
html_title = project

autodoc_typehints = "signature"
autodoc_member_order = "bysource"
autosummary_generate = False
numpydoc_class_members_toctree = False
numpydoc_show_class_members = False
myst_heading_anchors = 3
# The READMEs stand in the root and link to files beside them, which no page of this site is.
suppress_warnings = ["myst.xref_missing", "myst.header"]
