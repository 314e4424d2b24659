"""The documentation says what is there: links, commands, options, columns, public names."""

import importlib
import re
import runpy
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

import lifecircle.labels
from lifecircle.cli import app
from lifecircle.tables import columns_of

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
BUILT = {"_build", "notebooks"}

pytestmark = pytest.mark.skipif(not DOCS.is_dir(), reason="an installed package has no documents")

WRITTEN = sorted(
    path
    for path in [*ROOT.glob("*.md"), *DOCS.rglob("*.md"), ROOT / "data" / "README.md"]
    if not BUILT & set(path.parts[len(ROOT.parts) :])
)
named = pytest.mark.parametrize(
    "page", WRITTEN, ids=[str(path.relative_to(ROOT)) for path in WRITTEN]
)


@pytest.fixture(scope="module")
def script() -> dict:
    return runpy.run_path(str(DOCS / "make_pages.py"))


def test_the_made_pages_are_as_the_program_is(script: dict) -> None:
    for name, text in script["pages"]().items():
        assert (DOCS / name).read_text(encoding="utf-8") == text, "run `python docs/make_pages.py`"


@pytest.mark.parametrize("ending", ["", "-zh"])
def test_every_column_of_the_contract_is_on_the_page(ending: str) -> None:
    page = (DOCS / f"columns{ending}.md").read_text(encoding="utf-8")
    for table in ("facilities", "residences", "zones"):
        rows = set(re.findall(r"^\| `(\w+)` \|", page, re.MULTILINE))
        readable = set(lifecircle.labels.words(f"columns.{table}"))
        assert rows >= readable & set(columns_of(table))


@named
def test_every_relative_link_leads_somewhere(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    links = re.findall(r"\]\(([^)\s]+)\)", text)
    inner = [link for link in links if not re.match(r"\w+:|#", link)]
    assert [link for link in inner if not (page.parent / link.split("#")[0]).exists()] == []


@named
def test_every_anchor_is_a_heading(page: Path) -> None:
    links = re.findall(r"\]\(([^)\s:]*#[^)\s]+)\)", page.read_text(encoding="utf-8"))
    for link in links:
        file, anchor = link.split("#")
        text = (page.parent / file if file else page).read_text(encoding="utf-8")
        slugs = {re.sub(r"[^\w -]", "", title.lower()).strip().replace(" ", "-")
                 for title in re.findall(r"^#+ (.+)$", text, re.MULTILINE)}  # fmt: skip
        assert anchor in slugs | set(re.findall(r"^\((.+)\)=$", text, re.MULTILINE)), link


def test_every_page_stands_in_the_index() -> None:
    index = (DOCS / "index.md").read_text(encoding="utf-8")
    assert [page.stem for page in DOCS.glob("*.md") if f"\n{page.stem}\n" not in index] == ["index"]


def written_calls(page: Path) -> Iterator[str]:
    """Find what is written as code and calls the program, with the rest of its line."""
    parts = re.split(r"^```.*$", page.read_text(encoding="utf-8"), flags=re.MULTILINE)
    for block in parts[1::2]:
        yield from re.findall(r"\blifecircle ([a-z-].*)", block)
    yield from re.findall(r"^    lifecircle (.*)", "\n".join(parts[::2]), re.MULTILINE)
    for code in re.findall(r"`([^`\n]+)`", "\n".join(parts[::2])):
        yield from re.findall(r"^lifecircle (\S.*)", code)


@named
def test_every_command_and_option_that_is_named_is_there(page: Path) -> None:
    for call in written_calls(page):
        words = re.sub(r"#.*", "", call).split()
        inner = words[0] == "standards" and words[1:2] in (["show"], ["compare"])
        told = CliRunner().invoke(app, [*words[: 2 if inner else 1], "--help"])
        assert told.exit_code == 0, call
        options = set(re.findall(r"(?<![\w-])--[a-z][\w-]*", call))
        assert options <= set(re.findall(r"--[a-z][\w-]*", told.output)), call


PACKAGES = (
    "assessment",
    "read",
    "standards",
    "study",
    "supply",
    "verify",
    "walk",
    "whatif",
    "write",
)


@pytest.mark.parametrize("package", PACKAGES)
def test_the_public_names_of_a_package_are_in_the_reference(package: str) -> None:
    assert importlib.import_module(f"lifecircle.{package}").__all__
    page = (DOCS / "api.md").read_text(encoding="utf-8")
    section = re.search(rf"automodule:: lifecircle\.{package}\n((?:   :.*\n)+)", page)
    assert section is not None
    assert ":members:\n" in section[1]
