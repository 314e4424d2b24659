"""A run that is killed, or that the machine fails, leaves the old result or the new one."""

import errno
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from lifecircle.cli import main
from lifecircle.errors import OutputError
from lifecircle.write.bundle import check_target, file_hash, result_folder, write_manifest

Run = Callable[..., int]

CHILD = Path(__file__).parent / "bundle_child.py"


@pytest.fixture(scope="module")
def run() -> Iterator[Run]:
    """Offer a process that writes results, each in a fork of its own that may die."""
    with subprocess.Popen(  # noqa: S603 - our own file
        [sys.executable, str(CHILD)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as writer:
        assert writer.stdin is not None
        assert writer.stdout is not None

        def told(target: Path, text: str, fatal: int = 0) -> int:
            writer.stdin.write(json.dumps([str(target), text, fatal]) + "\n")
            writer.stdin.flush()
            return int(writer.stdout.readline())

        yield told
        writer.stdin.close()


def content(target: Path) -> str:
    """Tell which result a folder holds, whole by its own manifest."""
    manifest = json.loads((target / "manifest.json").read_text(encoding="utf-8"))
    found = {
        path.relative_to(target).as_posix(): file_hash(path)
        for path in target.rglob("*")
        if path.is_file() and path.name != "manifest.json"
    }
    assert found == {name: of["sha256"] for name, of in manifest["files"].items()}
    return str(manifest["version"])


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
@pytest.mark.parametrize("old", ["old", ""])
def test_killed_at_any_step_the_old_or_the_new_result_is_there(
    run: Run, tmp_path: Path, old: str
) -> None:
    fates = []
    for fatal in range(1, 200):
        target = tmp_path / f"{fatal}" / "结果"
        target.parent.mkdir()
        if old:
            assert run(target, old) == 0
        ended = run(target, "new", fatal)
        if ended == 0:
            break
        assert ended == -signal.SIGKILL
        check_target(target)  # what the next start does first
        fates.append(content(target) if target.exists() else "")
        assert fates[-1] in {old, "new"}
        beside = {path.name for path in target.parent.iterdir()}
        assert beside <= {target.name}
        if fatal % 4 == 0:  # and it goes on from there
            assert run(target, "next") == 0
            assert content(target) == "next"
    else:
        pytest.fail("it never came to its end")
    assert fates == [*[old] * fates.count(old), *["new"] * fates.count("new")]
    assert len(fates) > 15
    assert fates.count("new") >= 1


def write(target: Path, text: str) -> None:
    with result_folder(target) as folder:
        (folder / "a.txt").write_text(text, encoding="utf-8")
        write_manifest({"version": text[:3]}, folder)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such limit")
def test_on_a_full_disk_the_old_result_stays(tmp_path: Path) -> None:
    import resource  # noqa: PLC0415 - not there on Windows

    write(tmp_path / "result", "old")
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # then a write fails with an error
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, limits[1]))
    try:
        with pytest.raises(OutputError, match="cannot be written"):
            write(tmp_path / "result", "x" * 20_000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, before)
    assert content(tmp_path / "result") == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["result"]


@pytest.mark.parametrize(
    ("number", "said"), [(errno.ENOSPC, "the disk is full"), (errno.EROFS, "read-only")]
)
def test_what_the_machine_says_is_said_with_what_to_do(
    number: int, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number))

    write(tmp_path / "result", "old")
    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(OutputError, match=said):
        write(tmp_path / "result", "new")
    assert content(tmp_path / "result") == "old"


def test_a_folder_that_may_not_be_written_is_refused_with_exit_code_3(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> int:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    write(tmp_path / "result", "old")
    monkeypatch.setattr(Path, "write_bytes", refuse)  # root may write anywhere
    monkeypatch.setattr(sys, "argv", ["lifecircle", "demo", "--out", str(tmp_path / "result")])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 3
    assert content(tmp_path / "result") == "old"
