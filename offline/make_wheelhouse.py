"""
Gather everything that a Windows machine without a network needs into one zip.

``python offline/make_wheelhouse.py DIST``: DIST holds the wheel of lifecircle and gets
``lifecircle-offline-win_amd64.zip``. The wheels of its dependencies are downloaded in the
versions of ``constraints.txt``, round by round: pip would judge ``sys_platform`` by the machine
that downloads, so what a wheel asks for on Windows is read from the wheel.
"""

import sys
from collections.abc import Iterable, Iterator
from email.parser import HeaderParser
from pathlib import Path
from subprocess import run
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import NormalizedName, canonicalize_name, parse_wheel_filename

HERE = Path(__file__).parent
CONSTRAINTS = HERE.parent / "constraints.txt"
ZIP_NAME = "lifecircle-offline-win_amd64.zip"
PYTHON = "3.11"
PLATFORM = "win_amd64"
# What the markers of a requirement see on the machine that it is for.
WINDOWS = {
    **default_environment(),
    "implementation_name": "cpython",
    "os_name": "nt",
    "platform_machine": "AMD64",
    "platform_python_implementation": "CPython",
    "platform_system": "Windows",
    "python_full_version": f"{PYTHON}.0",
    "python_version": PYTHON,
    "sys_platform": "win32",
}
FIRST_DATE = (1980, 1, 1, 0, 0, 0)  # the earliest that a zip can hold: same wheels, same bytes

Wanted = tuple[NormalizedName, str]  # a distribution, and one of its extras or ""


def requirements_of(wheel: Path, extra: str = "") -> list[Requirement]:
    """List what a wheel asks for on Windows; with an extra also what that asks for."""
    with ZipFile(wheel) as content:
        [name] = [name for name in content.namelist() if name.endswith(".dist-info/METADATA")]
        metadata = HeaderParser().parsestr(content.read(name).decode("utf-8"))
    asked = [Requirement(line) for line in metadata.get_all("Requires-Dist") or ()]
    environment = {**WINDOWS, "extra": extra}
    return [one for one in asked if one.marker is None or one.marker.evaluate(environment)]


def missing(wheels: Iterable[Path], root: str = "lifecircle") -> list[str]:
    """
    List what is asked for, directly or not, and has no wheel yet.

    A wheel of a version that is not asked for is an error.
    """
    here = {parse_wheel_filename(wheel.name)[0]: wheel for wheel in wheels}
    waiting: list[Wanted] = [(canonicalize_name(root), "")]
    seen = set(waiting)
    lacking: dict[NormalizedName, str] = {}
    while waiting:
        name, extra = waiting.pop()
        if name not in here:
            lacking[name] = str(name)
            continue
        for one in requirements_of(here[name], extra):
            _require_version(one, here.get(canonicalize_name(one.name)))
            new = set(_wanted(one)) - seen
            seen |= new
            waiting += sorted(new)
    return sorted(lacking.values())


def gather(folder: Path) -> list[Path]:
    """Download wheels into a folder that has lifecircle's, until nothing is missing."""
    while lacking := missing(folder.glob("*.whl")):
        print(f"{len(lacking)}: {' '.join(lacking)}", flush=True)  # noqa: T201 - a script
        pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
        target = ["--platform", PLATFORM, "--python-version", PYTHON, "--only-binary=:all:"]
        places = ["-c", str(CONSTRAINTS), "--dest", str(folder)]
        run([*pip, *target, *places, *lacking], check=True)  # noqa: S603 - our own pip
    return sorted(folder.glob("*.whl"))


def pack(wheels: Iterable[Path], target: Path) -> None:
    """Write the zip: the wheels, and what stands beside this script."""
    with ZipFile(target, "w") as content:
        for wheel in wheels:
            _add(content, f"wheels/{wheel.name}", wheel.read_bytes(), ZIP_STORED)
        batch = (HERE / "install.bat").read_text(encoding="ascii")
        _add(content, "install.bat", batch.replace("\n", "\r\n").encode("ascii"))
        page = (HERE / "安装说明.txt").read_text(encoding="utf-8")
        _add(content, "安装说明.txt", page.replace("\n", "\r\n").encode("utf-8-sig"))


def _require_version(asked: Requirement, wheel: Path | None) -> None:
    if wheel is None:
        return
    version = parse_wheel_filename(wheel.name)[1]
    if not asked.specifier.contains(version, prereleases=True):
        raise SystemExit(f"{wheel.name} is there, but {asked} is asked for.")


def _wanted(asked: Requirement) -> Iterator[Wanted]:
    name = canonicalize_name(asked.name)
    yield name, ""
    for extra in asked.extras:
        yield name, extra


def _add(content: ZipFile, name: str, data: bytes, compressed: int = ZIP_DEFLATED) -> None:
    entry = ZipInfo(name, FIRST_DATE)
    entry.compress_type = compressed
    content.writestr(entry, data)


def main(dist: Path) -> None:
    """Gather the wheels beside lifecircle's newest, and pack them."""
    [own] = dist.glob("lifecircle-*.whl")
    wheels = dist / "wheels"
    wheels.mkdir(exist_ok=True)
    for old in wheels.glob("*.whl"):
        old.unlink()
    (wheels / own.name).write_bytes(own.read_bytes())
    found = gather(wheels)
    pack(found, dist / ZIP_NAME)
    size_mb = (dist / ZIP_NAME).stat().st_size / 1e6
    print(f"{dist / ZIP_NAME}: {len(found)} wheels, {size_mb:.0f} MB")  # noqa: T201 - a script


if __name__ == "__main__":
    main(Path(sys.argv[1]))
