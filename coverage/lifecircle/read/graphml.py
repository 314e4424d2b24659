"""Streets from GraphML, as osmnx saves its graphs."""

from pathlib import Path

import numpy as np
from pyproj import CRS, Transformer

from lifecircle.errors import NetworkError, StudyError
from lifecircle.walk.osmnx_graph import ways_from_osmnx
from lifecircle.walk.ways import StreetWays

__all__ = ["read_graphml_streets"]


def read_graphml_streets(path: Path, *, crs: CRS | None = None) -> StreetWays:
    """
    Read the streets of a GraphML file.

    Parameters
    ----------
    path
        A file that ``osmnx.save_graphml`` wrote.
    crs
        The metric CRS to bring them into; without one the study CRS of the graph's middle.

    Returns
    -------
    ways
        One way an edge of the graph, both directions once.

    Raises
    ------
    StudyError
        If osmnx is not installed.
    NetworkError
        If the file is not GraphML or holds no streets.
    """
    try:
        import osmnx  # noqa: PLC0415 - takes seconds; only those who have GraphML wait
    except ImportError:
        problem = "GraphML is read by osmnx: `pip install lifecircle[fetch]`."
        raise StudyError(str(path), [problem]) from None
    try:
        ways = ways_from_osmnx(osmnx.load_graphml(path))
    except (KeyError, ValueError, SyntaxError, TypeError) as error:
        problem = f"it is not a street graph as osmnx saves it ({error})."
        raise NetworkError(str(path), [problem]) from None
    if crs is None or crs == ways.crs:
        return ways
    transformer = Transformer.from_crs(ways.crs, crs, always_xy=True)
    xy = np.column_stack(transformer.transform(ways.xy[:, 0], ways.xy[:, 1]))
    return StreetWays(
        crs=crs,
        node_ids=ways.node_ids,
        xy=xy,
        way_ids=ways.way_ids,
        offsets=ways.offsets,
        refs=ways.refs,
        way_tags=ways.way_tags,
        node_tags=ways.node_tags,
        counts=ways.counts,
    )
