"""The list of geocoded addresses, to be checked by hand."""

from pathlib import Path

import pandas as pd

from lifecircle.errors import OutputError
from lifecircle.write.bundle import discard, what_to_do
from lifecircle.write.labelled import spreadsheet_safe

__all__ = ["check_geocoded_list", "write_geocoded_list"]


def check_geocoded_list(path: Path) -> None:
    """
    See that the list may be written, before anyone is asked.

    Parameters
    ----------
    path
        The list, whether it is there or not.

    Raises
    ------
    OutputError
        If it cannot be written.
    """
    if not path.exists():
        if not path.parent.is_dir():
            raise OutputError(str(path), ["its folder is not there; make it, or name another."])
        return
    try:
        with path.open("r+b"):
            pass
    except OSError as fault:
        raise OutputError(str(path), [what_to_do(fault)]) from fault


def write_geocoded_list(answers: pd.DataFrame, path: Path) -> None:
    """
    Write the list, whole or not at all.

    Parameters
    ----------
    answers
        All of them, with the columns of `lifecircle.read.geocoded.GEOCODED`.
    path
        The list; what stands there is replaced.

    Raises
    ------
    OutputError
        If it cannot be written.
    """
    beside = path.with_name(f".{path.name}.new")
    try:
        spreadsheet_safe(answers.astype(object)).to_csv(beside, index=False, encoding="utf-8-sig")
        beside.replace(path)
    except OSError as fault:
        raise OutputError(str(path), [what_to_do(fault)]) from fault
    finally:
        discard(beside)
