"""A street graph as a GraphML file."""

from pathlib import Path
from typing import TYPE_CHECKING

from lifecircle.errors import OutputError, StudyError
from lifecircle.write.bundle import discard, what_to_do

if TYPE_CHECKING:
    import networkx as nx

__all__ = ["check_street_graph_path", "write_street_graph"]


def check_street_graph_path(path: Path) -> None:
    """
    Refuse, before any work is done, a path that a street graph could not be written to.

    Parameters
    ----------
    path
        Where the file is to stand.

    Raises
    ------
    StudyError
        If it does not end in ``.graphml``, by which a study knows what it is.
    OutputError
        If it is a folder, or in a place that cannot be written to.
    """
    if path.suffix != ".graphml":
        raise StudyError(str(path), ["the file's name must end in .graphml."])
    if path.is_dir():
        raise OutputError(str(path), ["this is a folder; name a file."])
    try:
        path.absolute().parent.mkdir(parents=True, exist_ok=True)
        _beside(path).write_bytes(b"")
        _beside(path).unlink()
    except OSError as error:
        raise OutputError(str(path), [what_to_do(error)]) from error


def write_street_graph(graph: "nx.MultiDiGraph[int]", path: Path) -> None:
    """
    Write a street graph as osmnx does, whole or not at all.

    Parameters
    ----------
    graph
        An osmnx graph.
    path
        Where to; an older file there is replaced once the new one is whole.

    Raises
    ------
    OutputError
        If the file cannot be written or replaced.
    """
    import osmnx  # noqa: PLC0415 - takes seconds; who has a graph to write has it already

    try:
        osmnx.save_graphml(graph, _beside(path))
        _beside(path).replace(path)
    except OSError as error:
        raise OutputError(str(path), [what_to_do(error)]) from error
    finally:
        discard(_beside(path))


def _beside(path: Path) -> Path:
    return path.with_name(f".{path.name}.new")
