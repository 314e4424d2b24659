"""The built wheel holds what it should, and the demo runs from it away from the checkout."""

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SOURCES = ROOT / "coverage/lifecircle"
SCRIPTS = "Scripts" if os.name == "nt" else "bin"

pytestmark = [
    pytest.mark.heavy,
    pytest.mark.skipif(not SOURCES.is_dir(), reason="only a checkout builds a wheel"),
]


def run(*command: object, folder: Path) -> str:
    """Run a command elsewhere, without any hint of where the checkout is."""
    hints = {"PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV"}
    done = subprocess.run(  # noqa: S603 - our own commands
        [str(part) for part in command],
        cwd=folder,
        env={name: value for name, value in os.environ.items() if name not in hints},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
        text=True,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the source distribution, and from that the wheel."""
    folder = tmp_path_factory.mktemp("dist")
    build = [sys.executable, "-m", "build", "--no-isolation", "--outdir", folder, ROOT]
    run(*build, folder=folder)
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def python(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install the wheel into an empty environment."""
    folder = tmp_path_factory.mktemp("empty")
    run(sys.executable, "-m", "venv", "--without-pip", "venv", folder=folder)
    python = folder / "venv" / SCRIPTS / "python"
    pip = [sys.executable, "-m", "pip", "--python", python, "install", "--quiet"]
    run(*pip, "-c", ROOT / "constraints.txt", wheel, folder=folder)
    return python


def test_wheel_holds_the_modules_policies_and_pages(wheel: Path) -> None:
    sources = {
        path.relative_to(SOURCES.parent).as_posix()
        for path in SOURCES.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert "lifecircle/standards/profiles/walk-20.toml" in sources
    assert _names(wheel) >= sources


def test_wheel_holds_the_example_study(wheel: Path) -> None:
    data = ROOT / "data"
    study = {
        f"lifecircle/example/{path.relative_to(data).as_posix()}"
        for path in [*data.glob("*.toml"), *data.glob("boundaries/*"), *data.glob("facilities/*")]
    }
    assert "lifecircle/example/study.toml" in study
    assert _names(wheel) >= study


def test_wheel_holds_nothing_else(wheel: Path) -> None:
    names = _names(wheel)
    assert {name.split("/")[0].split("-")[0] for name in names} == {"lifecircle"}
    assert not [name for name in names if "__pycache__" in name or "make_example" in name]


def test_wheel_carries_the_licence(wheel: Path) -> None:
    assert [name for name in _names(wheel) if name.endswith("/licenses/LICENSE")]


def test_demo_runs_from_the_wheel(python: Path, tmp_path: Path) -> None:
    said = run(python.with_name("lifecircle"), "demo", "--out", "shown", folder=tmp_path)

    assert "map.html" in said
    assert (tmp_path / "shown/map.html").stat().st_size > 100_000
    assert json.loads((tmp_path / "shown/manifest.json").read_text(encoding="utf-8"))["files"]


def test_coverage_names_the_test_tool_beside_the_wheel(python: Path, tmp_path: Path) -> None:
    code = "import coverage, lifecircle; print(coverage.__version__, lifecircle.__file__)"
    said = run(python, "-c", code, folder=tmp_path)

    assert said[0].isdigit()
    assert "site-packages" in said


def _names(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())
