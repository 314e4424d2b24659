"""The status line of a long command."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.markup import escape

__all__ = ["status_line"]


@contextmanager
def status_line(console: Console) -> Iterator[None]:
    """
    Show the step that is being taken, from the library's own log lines.

    Parameters
    ----------
    console
        The terminal.

    Yields
    ------
    nothing
        The block that takes the steps.
    """
    logger = logging.getLogger("lifecircle")
    with console.status("lifecircle") as status:
        handler = _StatusHandler(status.update)
        level = logger.level
        logger.addHandler(handler)
        logger.setLevel(logging.INFO)
        try:
            yield
        finally:
            logger.removeHandler(handler)
            logger.setLevel(level)


class _StatusHandler(logging.Handler):
    """Hand each log line to the status line."""

    def __init__(self, show: Callable[[str], None]) -> None:
        super().__init__()
        self.show = show

    def emit(self, record: logging.LogRecord) -> None:
        self.show(escape(record.getMessage()))
