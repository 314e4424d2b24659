"""
A result folder that is whole or not there.

It is written beside its final place as ``.NAME.new``, its manifest last. Then the old result is
renamed ``.NAME.old``, the new one ``NAME``, and the old one deleted. Whatever moment a run is
killed at, the next one finds out from the names and finishes or undoes it.
"""

import errno
import hashlib
import json
import logging
import os
import re
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from lifecircle.errors import OutputError
from lifecircle.tables import some

__all__ = [
    "MANIFEST",
    "check_target",
    "discard",
    "file_hash",
    "result_folder",
    "what_to_do",
    "write_json",
    "write_manifest",
]

MANIFEST = "manifest.json"
_LEFTOVERS = re.compile(
    r"^~\$|^\.|-(wal|shm|journal)$|\.(lock|tmp|aux\.xml)$|^(Thumbs\.db|desktop\.ini)$"
)

_logger = logging.getLogger(__name__)


def check_target(target: Path) -> None:
    """
    Refuse, before any work is done, a result folder that could not be put in place.

    What a killed run left beside it is finished or undone.

    Parameters
    ----------
    target
        Where the result is to stand.

    Raises
    ------
    OutputError
        If it is a file, a folder that holds something else than a result, or in a place that
        cannot be written to.
    """
    target = _resolved(target)
    try:
        there = next(folder for folder in target.parents if folder.exists())
        probe = there / f".{target.name}.probe"
        probe.write_bytes(b"")
        probe.unlink()
        _recover(target)
    except OSError as error:
        raise OutputError(str(target), [what_to_do(error)]) from error
    if target.exists() and not target.is_dir():
        raise OutputError(str(target), ["this is a file; name a folder that may be made anew."])
    if not target.is_dir() or not any(target.iterdir()):
        return
    if not all(os.access(folder, os.W_OK) for folder in _folders(target)):
        # It could be moved away, but never deleted, and would stop every run to come.
        raise OutputError(str(target), [what_to_do(PermissionError(errno.EPERM, ""))])
    if not (target / MANIFEST).exists():
        problem = f"the folder holds files that are no result (no {MANIFEST}); name another one."
        raise OutputError(str(target), [problem])
    strays = _strays(target)
    if strays:
        problem = (
            f"beside the old result the folder holds {some(strays)}, which would be deleted with "
            "it; move them, or name another folder."
        )
        raise OutputError(str(target), [problem])


@contextmanager
def result_folder(target: Path) -> Iterator[Path]:
    """
    Offer a folder to write into, and put it in place once it is whole.

    Parameters
    ----------
    target
        Where the result is to stand; an older result there is replaced.

    Yields
    ------
    staging
        An empty folder beside it. If the block fails, it is deleted and the old result stays.

    Raises
    ------
    OutputError
        If it cannot be written, or the old result cannot be moved (a file in it is open).
    """
    target = _resolved(target)
    check_target(target)
    staging = _beside(target, "new")
    try:
        staging.mkdir(parents=True)
        yield staging
        assert (staging / MANIFEST).exists()  # noqa: S101 - the block writes it, last
        _sync(staging)
        _put_in_place(staging, target)
    except OSError as error:
        if isinstance(error, OutputError):
            raise
        raise OutputError(str(target), [what_to_do(error)]) from error
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def discard(path: Path) -> None:
    """
    Delete what a failed writer may have left beside its file.

    Parameters
    ----------
    path
        A file that need not be there, nor the folder that it would be in.
    """
    with suppress(FileNotFoundError, NotADirectoryError):
        path.unlink()


def file_hash(path: Path) -> str:
    """
    Return the SHA-256 of a file, or of all files of a folder (a File Geodatabase).

    Parameters
    ----------
    path
        The file or folder.

    Returns
    -------
    digest
        64 hexadecimal digits.
    """
    if path.is_dir():
        parts = [f"{part.name} {file_hash(part)}" for part in sorted(path.iterdir())]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def write_json(content: Mapping[str, object], path: Path) -> None:
    """
    Write a JSON file that reads well and never differs for the same content.

    Parameters
    ----------
    content
        Its keys come sorted.
    path
        Where to.
    """
    text = json.dumps(content, ensure_ascii=False, indent=2, sort_keys=True, allow_nan=False)
    path.write_text(text + "\n", encoding="utf-8", newline="\n")


def write_manifest(content: Mapping[str, object], folder: Path) -> None:
    """
    Write the manifest, with the size and hash of every file in the folder.

    Parameters
    ----------
    content
        What else it says: versions, settings, input hashes.
    folder
        The result folder; everything else in it has been written.
    """
    files = {
        path.relative_to(folder).as_posix(): {
            "bytes": path.stat().st_size,
            "sha256": file_hash(path),
        }
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
    write_json({**content, "files": files}, folder / MANIFEST)


def what_to_do(error: OSError) -> str:
    """
    Say what a user can do about a file or folder that cannot be written.

    Parameters
    ----------
    error
        What the machine said.

    Returns
    -------
    problem
        One sentence.
    """
    remedies = {
        errno.ENOSPC: "the disk is full; free some space.",
        errno.EACCES: "it may not be written, or a file in it is open; close it (Excel, QGIS).",
        errno.EPERM: "it may not be written; name another folder.",
        errno.EROFS: "the disk is read-only; name another folder.",
        errno.ENOTDIR: "a part of the path is a file; name another folder.",
        errno.EEXIST: "a part of the path is a file; name another folder.",
    }
    return remedies.get(error.errno or 0, f"it cannot be written ({error.strerror or error}).")


def _resolved(target: Path) -> Path:
    """Follow links, since a link is not a folder that may be renamed."""
    try:
        resolved = target.resolve()
    except (OSError, ValueError, RuntimeError) as error:
        raise OutputError(str(target), [f"this is no path for a folder ({error})."]) from error
    if not resolved.name:
        raise OutputError(str(target), ["this is a whole disk; name a folder on it."])
    return resolved


def _folders(target: Path) -> list[Path]:
    return [target, *(path for path in target.rglob("*") if path.is_dir())]


def _strays(target: Path) -> list[str]:
    """List what somebody has put into a result, but for what programs leave beside open files."""
    try:
        manifest = json.loads((target / MANIFEST).read_text(encoding="utf-8"))
        own = {*manifest["files"], MANIFEST}
    except (OSError, ValueError, TypeError, KeyError):
        return [MANIFEST]  # not one of ours
    found = (path.relative_to(target) for path in sorted(target.rglob("*")) if path.is_file())
    return [
        path.as_posix()
        for path in found
        if path.as_posix() not in own and not _LEFTOVERS.search(path.name)
    ]


def _beside(target: Path, ending: str) -> Path:
    return target.with_name(f".{target.name}.{ending}")


def _recover(target: Path) -> None:
    """Finish or undo what a killed run left."""
    old = _beside(target, "old")
    if old.exists():
        if target.exists():
            _logger.info("deleting %s, which a stopped run left", old)
            shutil.rmtree(old)
        else:
            _logger.info("restoring %s, which a stopped run had moved away", target)
            old.rename(target)
    shutil.rmtree(_beside(target, "new"), ignore_errors=True)


def _put_in_place(staging: Path, target: Path) -> None:
    old = _beside(target, "old")
    if target.exists():
        target.rename(old)
    try:
        staging.rename(target)
    except OSError:
        if old.exists():
            old.rename(target)
        raise
    _sync_folder(target.parent)
    shutil.rmtree(old, ignore_errors=True)


def _sync(folder: Path) -> None:
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            with path.open("rb+") as stream:
                os.fsync(stream.fileno())
    _sync_folder(folder)


def _sync_folder(folder: Path) -> None:
    if os.name == "nt":  # Windows has no handle on a folder to sync
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
