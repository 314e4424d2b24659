"""How the documentation is built: `make docs`."""

import shutil
from importlib.metadata import version as installed_version
from pathlib import Path

project = "LifeCircle 生活圈"
author = "LifeCircle contributors"
copyright = author  # noqa: A001 - Sphinx's name for it
version = release = installed_version("lifecircle")

extensions = ["myst_nb", "numpydoc", "sphinx.ext.autodoc", "sphinx.ext.autosummary"]
exclude_patterns = ["jupyter_execute", "_build"]
nb_execution_mode = "off"  # the tests run the notebooks; here they are read
html_theme = "furo"
html_title = project

autodoc_typehints = "signature"
autodoc_member_order = "bysource"
autosummary_generate = False
numpydoc_class_members_toctree = False
numpydoc_show_class_members = False
myst_heading_anchors = 3
# Notebooks are shown as they stand in the checkout; Sphinx reads only what is below this folder.
shutil.copytree(
    Path(__file__).parents[1] / "notebooks",
    Path(__file__).parent / "notebooks",
    ignore=lambda _, names: [name for name in names if not name.endswith(".ipynb")],
    dirs_exist_ok=True,
)

# The READMEs stand in the root and link to files beside them, which no page of this site is.
suppress_warnings = ["myst.xref_missing", "myst.header"]
