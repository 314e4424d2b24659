"""Results on folders and disks that really cannot take them, by a process of its own."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from lifecircle.write.bundle import write_manifest

BASE = Path(__file__).parent / "corpus" / "b00_base"
# Root may write anywhere; without these rights it is as bound by modes as anybody.
BOUND = ["setpriv", "--bounding-set", "-dac_override,-dac_read_search,-fowner"]
RUN = [sys.executable, "-m", "lifecircle", "run"]
IS_ROOT = hasattr(os, "geteuid") and os.geteuid() == 0
SMALL_DISK = """
mount -t tmpfs -o size=300k tmpfs "$1" || exit 99
cp -r "$2" "$1/结果 一"
shift 2
"$@" --out "$MOUNT/结果 一"
code=$?
(cd "$MOUNT" && find . | sort)
exit $code
"""

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="modes, mounts and rights are those of Linux"
)


@pytest.fixture
def study(tmp_path: Path) -> Path:
    folder = tmp_path / "研究 一（试）"
    shutil.copytree(BASE, folder)
    return folder / "study.toml"


@pytest.fixture
def old(tmp_path: Path) -> Path:
    result = tmp_path / "旧 结果"
    result.mkdir()
    (result / "old.txt").write_text("old", encoding="utf-8")
    write_manifest({}, result)
    return result


@pytest.fixture
def closed() -> Iterator[list[Path]]:
    """Take folders that nobody may write to, and open them again for pytest to delete."""
    folders: list[Path] = []
    yield folders
    for folder in folders:
        folder.chmod(0o755)


def ended(command: list[str], **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - our own program
        command, capture_output=True, text=True, check=False, timeout=300,
        env=os.environ | environment | {"PYTHONIOENCODING": "utf-8"},
    )  # fmt: skip


def run(study: Path, out: Path) -> subprocess.CompletedProcess[str]:
    bound = BOUND if IS_ROOT else []
    return ended([*bound, *RUN, str(study), "--out", str(out)])


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_folder_that_is_read_only_is_told(
    study: Path, tmp_path: Path, closed: list[Path]
) -> None:
    folder = tmp_path / "只读 文件夹"
    folder.mkdir()
    folder.chmod(0o555)
    closed.append(folder)
    done = run(study, folder / "结果")
    assert (done.returncode, names(folder)) == (3, [])
    assert "may not be written" in done.stderr
    assert "Traceback" not in done.stderr


def test_an_old_result_that_is_read_only_stays(study: Path, old: Path, closed: list[Path]) -> None:
    old.chmod(0o555)
    closed.append(old)
    before = names(old.parent)
    for _ in range(2):  # the first attempt leaves nothing that stops the second in another way
        done = run(study, old)
        assert done.returncode == 3
        assert "it may not be written; name another folder." in done.stderr
        assert names(old.parent) == before
        assert (old / "old.txt").read_text(encoding="utf-8") == "old"


def test_inputs_that_are_read_only_are_no_hindrance(
    study: Path, tmp_path: Path, closed: list[Path]
) -> None:
    study.parent.chmod(0o555)
    closed.append(study.parent)
    done = run(study, tmp_path / "结果 二")
    assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / "结果 二" / "manifest.json").is_file()


def test_a_disk_that_fills_up_is_told_and_keeps_the_old_result(
    study: Path, old: Path, tmp_path: Path
) -> None:
    mount = tmp_path / "小 盘"
    mount.mkdir()
    rights = ["unshare", "--mount"] if IS_ROOT else ["unshare", "--map-root-user", "--mount"]
    if ended([*rights, "mount", "-t", "tmpfs", "tmpfs", str(mount)]).returncode:
        pytest.skip("this machine lets nobody mount a disk, not even in a namespace")
    script = ["sh", "-c", SMALL_DISK, "sh", str(mount), str(old)]
    done = ended([*rights, *script, *RUN, str(study)], MOUNT=str(mount))
    assert done.returncode == 3, done.stderr
    assert "the disk is full" in done.stderr
    assert done.stdout.split("\n")[:-1] == [
        ".", "./结果 一", "./结果 一/manifest.json", "./结果 一/old.txt",
    ]  # fmt: skip
