"""The tree keeps its shape: imports point down, the core is pure, names are public on purpose."""

import ast
import importlib
import os
import re
import subprocess
import sys
import tomllib
from importlib.metadata import version
from pathlib import Path

import pytest

import lifecircle

# From the bottom up. A package or module may import only what stands to its left, or itself.
LAYERS = [
    "errors",
    "labels",
    "messages",
    "units",
    "datum",
    "tables",
    "study",
    "standards",
    "walk",
    "supply",
    "read",
    "assessment",
    "whatif",
    "write",
    "verify",
    "console",
    "cli",
]
PURE = ("walk", "supply")
COMPUTING = ("walk", "supply", "assessment", "whatif")
NO_NUMBERS = {"lifecircle.whatif.comparison.was_made"}  # yes or no, from a manifest
IMPURE_MODULES = {
    "asyncio",
    "branca",
    "datetime",
    "folium",
    "http",
    "io",
    "logging.handlers",
    "osmium",
    "pathlib",
    "pyogrio",
    "random",
    "rasterio",
    "requests",
    "rich",
    "shutil",
    "socket",
    "subprocess",
    "tempfile",
    "time",
    "urllib",
}
IMPURE_CALLS = {"open", "print", "input", "breakpoint"}
IMPURE_METHODS = re.compile(
    r"^(read|write|to)_(csv|file|parquet|excel|json|text|bytes)$|^default_rng$"
)
MOST_LINES = 400
LONG_TABLES = {
    "tables.py": "the contract's columns, a row each",
    "walk/access.py": "the access table, a row a rule",
}
NOT_OURS = {  # what nobody but us can reach, or what should be asked of pip's own settings
    r"\.\./shared": "a folder beside the checkout",
    r"(?<![\w.])/work\b": "a folder of one machine",
    r"index-url|find-links(?! wheels )": "where packages come from",  # wheels: beside install.bat
}

PACKAGE = Path(lifecircle.__file__).parent
ROOT = PACKAGE.parents[1]
MODULES = sorted(path for path in PACKAGE.rglob("*.py") if path.name != "__main__.py")
IN_CHECKOUT = (ROOT / "pyproject.toml").is_file()
checkout_only = pytest.mark.skipif(not IN_CHECKOUT, reason="an installed package has no repository")


def relative(path: Path) -> str:
    return path.relative_to(PACKAGE).as_posix()


def layer(path: Path) -> str:
    return relative(path).split("/", maxsplit=1)[0].removesuffix(".py")


def dotted(path: Path) -> str:
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts).removesuffix(".__init__")


def imports(path: Path) -> set[str]:
    """Name everything that a module imports, at any depth of its code."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            home = ".".join(filter(None, ["lifecircle" * bool(node.level), node.module]))
            found |= {home} | {f"{home}.{alias.name}" for alias in node.names}
    return found


def calls(path: Path) -> list[str]:
    """Name every call of a module: ``open``, ``.read_csv``."""
    nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    functions = [node.func for node in nodes if isinstance(node, ast.Call)]
    plain = [function.id for function in functions if isinstance(function, ast.Name)]
    return plain + [f".{one.attr}" for one in functions if isinstance(one, ast.Attribute)]


modules = pytest.mark.parametrize("path", MODULES, ids=relative)
pure_modules = pytest.mark.parametrize(
    "path", [path for path in MODULES if layer(path) in PURE], ids=relative
)


@modules
def test_imports_point_down(path: Path) -> None:
    ours = {name.split(".")[1] for name in imports(path) if name.startswith("lifecircle.")}
    if layer(path) == "__init__":
        assert not ours & set(LAYERS)
    else:
        assert ours & set(LAYERS) <= set(LAYERS[: LAYERS.index(layer(path)) + 1])


@pytest.mark.parametrize("path", [path for path in MODULES if layer(path) == "write"], ids=relative)
def test_writers_call_nothing_that_computes(path: Path) -> None:
    """What is written stands in the assessment: of the layers that compute, writers take types."""
    computing = tuple(f"lifecircle.{name}" for name in COMPUTING)
    calling = {
        f"{node.module}.{alias.name}"
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(computing)
        for alias in node.names
        if alias.name.islower()
    }
    assert calling <= NO_NUMBERS


def test_every_module_has_its_layer() -> None:
    assert {layer(path) for path in MODULES} - {"__init__"} == set(LAYERS)


@pure_modules
def test_the_core_imports_no_file_network_clock_or_chance(path: Path) -> None:
    roots = imports(path) | {name.split(".")[0] for name in imports(path)}
    assert not roots & IMPURE_MODULES


@pure_modules
def test_the_core_calls_no_file_network_clock_or_chance(path: Path) -> None:
    named = calls(path)
    assert not IMPURE_CALLS & set(named)
    assert not [name for name in named if IMPURE_METHODS.match(name.removeprefix("."))]


@modules
def test_only_the_command_line_prints(path: Path) -> None:
    assert layer(path) == "cli" or "print" not in calls(path)


@modules
def test_public_names_are_listed_in_order_and_exist(path: Path) -> None:
    module = importlib.import_module(dotted(path))
    listed = list(module.__all__)
    assert listed == sorted(set(listed), key=_as_ruff_sorts)
    assert [name for name in listed if not hasattr(module, name)] == []


@modules
def test_no_public_name_hides_a_module(path: Path) -> None:
    listed = importlib.import_module(dotted(path)).__all__
    package = path.parent
    siblings = {one.stem for one in package.glob("*.py")} | {
        one.parent.name for one in package.glob("*/__init__.py")
    }
    assert not set(listed) & siblings


def _as_ruff_sorts(name: str) -> tuple[int, str]:
    return (0 if name.isupper() else 1 if name[:1].isupper() else 2, name)


def test_walk_is_usable_by_itself() -> None:
    walk = importlib.import_module("lifecircle.walk")
    assert {
        "StreetWays",
        "WalkNetwork",
        "build_network",
        "nearest_facilities",
        "network_from_osmnx",
        "snap_places",
        "walk_catchments",
        "walk_links",
    } <= set(walk.__all__)


@modules
def test_modules_stay_short(path: Path) -> None:
    lines = len(path.read_text(encoding="utf-8").splitlines())
    assert lines <= MOST_LINES or relative(path) in LONG_TABLES


def test_the_long_modules_are_still_long() -> None:
    lengths = {name: len((PACKAGE / name).read_text("utf-8").splitlines()) for name in LONG_TABLES}
    assert min(lengths.values()) > MOST_LINES, lengths


def test_importing_the_package_loads_nothing_heavy() -> None:
    code = "import sys, lifecircle; print(*sys.modules)"
    loaded = set(_python("-c", code).split())
    assert not loaded & {"numpy", "pandas", "geopandas", "numba", "shapely"}


# The folder is called coverage; the test tool is, too.


def test_coverage_names_the_test_tool_and_not_our_source_root() -> None:
    spec = importlib.util.find_spec("coverage")
    assert spec is not None
    assert spec.origin, "a bare coverage/ folder stands in for coverage.py"


@checkout_only
def test_coverage_names_the_test_tool_in_the_repository_root_too() -> None:
    code = "import coverage, lifecircle.walk; print(coverage.__version__)"
    assert _python("-c", code, folder=ROOT).strip() == version("coverage")


@checkout_only
def test_the_source_root_is_no_package() -> None:
    assert not (ROOT / "coverage/__init__.py").exists()
    assert not list(ROOT.glob("*.py")), "a conftest.py in the root would put the root on sys.path"


@checkout_only
def test_git_does_not_ignore_the_source_root() -> None:
    rules = (ROOT / ".gitignore").read_text(encoding="utf-8").split()
    assert not {"coverage", "coverage/", "/coverage", "/coverage/"} & set(rules)


@checkout_only
def test_the_version_stands_in_one_place() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert version("lifecircle") == project["version"] == lifecircle.__version__
    written = [path for path in MODULES if project["version"] in _strings(path)]
    assert written == []


def product_files() -> list[Path]:
    """List what is shipped or read by a user: not the tests, which may look beside the checkout."""
    folders = ["coverage", "data", "docs", "notebooks", "benchmarks", "maps", "offline"]
    kinds = {".py", ".toml", ".md", ".ipynb", ".js", ".css", ".txt", ".bat"}
    inside = [path for folder in folders for path in (ROOT / folder).rglob("*")]
    files = [*inside, *ROOT.iterdir(), ROOT / ".ci/run", ROOT / "Makefile"]
    return [
        path
        for path in files
        if path.is_file()
        and (path.suffix in kinds or path.name in {"run", "Makefile"})
        and not {"_build", ".ipynb_checkpoints"} & set(path.parts)
    ]


@checkout_only
@pytest.mark.parametrize("pattern", NOT_OURS, ids=list(NOT_OURS.values()))
def test_product_files_name_no_place_that_others_lack(pattern: str) -> None:
    found = [
        f"{path.relative_to(ROOT)}: {hit.group()}"
        for path in product_files()
        if (hit := re.search(pattern, path.read_text(encoding="utf-8")))
    ]
    assert found == []


def _strings(path: Path) -> set[object]:
    nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    return {node.value for node in nodes if isinstance(node, ast.Constant)}


def _python(*arguments: str, folder: Path | None = None) -> str:
    done = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, *arguments],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(PACKAGE.parent)},
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout
