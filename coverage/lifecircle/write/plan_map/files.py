"""Plan maps as files: the same figure gives the same bytes."""

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, Literal

import matplotlib as mpl
from matplotlib.backends.backend_pdf import PdfPages
from matplotlib.figure import Figure

from lifecircle.errors import OutputError
from lifecircle.write.bundle import discard, what_to_do
from lifecircle.write.plan_map.outlines import with_true_type

__all__ = ["FORMATS", "PRINT_DPI", "Format", "write_pages", "write_sheet"]

Format = Literal["png", "pdf", "svg"]
FORMATS: Final[tuple[Format, ...]] = ("png", "pdf", "svg")
PRINT_DPI: Final = 300

_SETTINGS: Final[dict[Any, Any]] = {
    "pdf.fonttype": 42,  # TrueType, embedded: the text can be found and edited
    "pdf.compression": 9,
    "svg.fonttype": "none",  # text stays text; a plan is edited in another program
    "svg.hashsalt": "lifecircle",
    "path.simplify": True,
}


def write_sheet(figure: Figure, path: Path, *, dpi: float = PRINT_DPI) -> None:
    """
    Write one sheet.

    Parameters
    ----------
    figure
        From `draw_plan_map`.
    path
        The file: ``.png``, ``.pdf`` or ``.svg``. Its folder is made; an older file is replaced
        only by a whole one.
    dpi
        Dots per inch of a PNG.

    Raises
    ------
    OutputError
        If the file cannot be written.
    """
    if path.suffix == ".pdf":
        write_pages([figure], path)
        return
    stream = io.BytesIO()
    with mpl.rc_context(_SETTINGS):
        if path.suffix == ".png":
            figure.savefig(stream, format="png", dpi=dpi, metadata={"Software": "lifecircle"})
        else:
            metadata = {"Date": None, "Creator": "lifecircle"}
            figure.savefig(stream, format="svg", metadata=metadata)
    _put(stream.getvalue(), path)


def write_pages(figures: Sequence[Figure], path: Path) -> None:
    """
    Write sheets as the pages of one PDF file.

    Parameters
    ----------
    figures
        From `draw_plan_map` or `draw_atlas`.
    path
        The file.

    Raises
    ------
    OutputError
        If the file cannot be written.
    """
    stream = io.BytesIO()
    metadata = {"CreationDate": None, "ModDate": None, "Creator": "lifecircle", "Producer": None}
    with (
        mpl.rc_context(_SETTINGS),
        with_true_type(figures),
        PdfPages(stream, metadata=metadata) as pages,
    ):
        for figure in figures:
            pages.savefig(figure)
    _put(stream.getvalue(), path)


def _put(content: bytes, path: Path) -> None:
    with _put_in_place(path) as part:
        part.write_bytes(content)


@contextmanager
def _put_in_place(path: Path) -> Iterator[Path]:
    part = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield part
        part.replace(path)
    except OSError as error:
        problem = what_to_do(error)
        raise OutputError(str(path), [problem]) from error
    finally:
        discard(part)
