"""The zip for Windows machines without a network; `make wheelhouse` downloads the real one."""

import runpy
from pathlib import Path
from zipfile import ZipFile

import pytest

ROOT = Path(__file__).parents[1]
SCRIPT = ROOT / "offline" / "make_wheelhouse.py"

pytestmark = pytest.mark.skipif(not SCRIPT.is_file(), reason="an installed package has no script")


@pytest.fixture(scope="module")
def script() -> dict:
    return runpy.run_path(str(SCRIPT))


def wheel(folder: Path, name: str, version: str = "1.0", *requires: str) -> Path:
    path = folder / f"{name}-{version}-py3-none-any.whl"
    lines = [f"Name: {name}", f"Version: {version}", *(f"Requires-Dist: {one}" for one in requires)]
    with ZipFile(path, "w") as content:
        content.writestr(f"{name}-{version}.dist-info/METADATA", "\n".join(lines) + "\n\nText.\n")
    return path


def test_what_windows_alone_needs_is_missed_and_what_linux_alone_needs_is_not(
    script: dict, tmp_path: Path
) -> None:
    own = wheel(tmp_path, "lifecircle", "0.1", "click>=8", "uvloop; sys_platform != 'win32'")
    click = wheel(tmp_path, "click", "8.1", "colorama; platform_system == 'Windows'")
    assert script["missing"]([own]) == ["click"]
    assert script["missing"]([own, click]) == ["colorama"]
    assert script["missing"]([own, click, wheel(tmp_path, "colorama")]) == []


def test_an_extra_is_followed_only_where_it_is_asked_for(script: dict, tmp_path: Path) -> None:
    parts = ("typeguard", "geopandas; extra == 'geo'", "dask; extra == 'big'")
    wheels = [
        wheel(tmp_path, "lifecircle", "0.1", "Pandera[geo]>=0.24; python_version >= '3.11'"),
        wheel(tmp_path, "pandera", "0.30", *parts),
    ]
    assert script["missing"](wheels) == ["geopandas", "typeguard"]


def test_a_wheel_of_another_version_is_refused(script: dict, tmp_path: Path) -> None:
    wheels = [wheel(tmp_path, "lifecircle", "0.1", "click>=8"), wheel(tmp_path, "click", "7.0")]
    with pytest.raises(SystemExit, match=r"click-7\.0.*click>=8"):
        script["missing"](wheels)


def test_the_zip_holds_the_wheels_the_installer_and_four_steps(
    script: dict, tmp_path: Path
) -> None:
    zips = [tmp_path / "one.zip", tmp_path / "two.zip"]
    for path in zips:
        script["pack"]([wheel(tmp_path, "lifecircle", "0.1")], path)
    assert zips[0].read_bytes() == zips[1].read_bytes()
    with ZipFile(zips[0]) as content:
        inside = {name: content.read(name) for name in content.namelist()}
    page = "安装说明.txt"
    assert set(inside) == {"wheels/lifecircle-0.1-py3-none-any.whl", "install.bat", page}
    batch = inside["install.bat"].decode("ascii")  # no code page can garble it
    assert batch.count("\n") == batch.count("\r\n")
    assert "--no-index --find-links wheels" in batch
    text = inside[page].decode("utf-8-sig")
    assert inside[page].startswith(b"\xef\xbb\xbf")
    assert [step for step in "一二三四五" if f"第{step}步" in text] == list("一二三四")


def test_every_label_that_the_installer_jumps_to_is_there() -> None:
    lines = (ROOT / "offline" / "install.bat").read_text(encoding="ascii").split("\n")
    labels = {line[1:] for line in lines if line.startswith(":")}
    jumps = {line.split("goto ")[1] for line in lines if "goto " in line}
    assert jumps == labels
