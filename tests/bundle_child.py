"""Write results as told, each in a process that dies at the n-th thing it does to files."""

import json
import os
import pathlib
import shutil
import signal
import sys
from collections.abc import Callable

from lifecircle.write.bundle import result_folder, write_manifest

STEPS, FATAL = [0], [0]


def fatal(act: Callable[..., object]) -> Callable[..., object]:
    """Count an act, and end the process in the place of the fatal one, without any clean-up."""

    def counted(*arguments: object, **options: object) -> object:
        STEPS[0] += 1
        if STEPS[0] == FATAL[0]:
            os.kill(os.getpid(), signal.SIGKILL)
        return act(*arguments, **options)

    return counted


class Halved:
    """A file that the process can die in the middle of."""

    def __init__(self, path: pathlib.Path, mode: str) -> None:
        self.path, self.mode = path, mode

    def write(self, content: bytes) -> None:
        half = len(content) // 2
        with open(self.path, self.mode) as stream:  # noqa: PTH123 - the real thing
            stream.write(content[:half])
            stream.flush()
            fatal(lambda: None)()
            stream.write(content[half:])


def write_text(path: pathlib.Path, text: str, **_: object) -> int:
    Halved(path, "wb").write(text.encode())
    return len(text)


def write_bytes(path: pathlib.Path, data: bytes) -> int:
    Halved(path, "wb").write(data)
    return len(data)


def write_result(target: pathlib.Path, text: str) -> None:
    with result_folder(target) as staging:
        (staging / "tables").mkdir()
        (staging / "tables" / "a.txt").write_text(text)
        (staging / "b.txt").write_text(text)
        write_manifest({"version": text}, staging)


def ended(target: str, text: str, fatal_step: int) -> int:
    """Do it in a fork: what is imported need not be imported again."""
    child = os.fork()
    if child == 0:
        FATAL[0] = fatal_step
        write_result(pathlib.Path(target), text)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def main() -> None:
    """Let every act on files count, and then do as told, line by line."""
    # All that a program can do to files ends in these calls of the operating system.
    for name in ("mkdir", "rename", "replace", "unlink", "rmdir", "fsync"):
        setattr(os, name, fatal(getattr(os, name)))
    pathlib.Path.write_text = write_text  # type: ignore[method-assign, assignment]  # see above
    pathlib.Path.write_bytes = write_bytes  # type: ignore[method-assign, assignment]  # see above
    shutil._use_fd_functions = False  # type: ignore[attr-defined]  # noqa: SLF001 - by path, through the calls above
    for line in sys.stdin:
        sys.stdout.write(f"{ended(*json.loads(line))}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
