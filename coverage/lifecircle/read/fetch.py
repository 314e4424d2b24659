"""Streets from OpenStreetMap's servers, whole or not at all."""

import logging
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import ModuleType
from typing import TYPE_CHECKING, Final, Protocol, cast

import numpy as np
import numpy.typing as npt
import shapely
from pyproj import Transformer

from lifecircle.datum import study_crs
from lifecircle.errors import FetchError, LifeCircleError, NetworkError, StudyError
from lifecircle.walk.osmnx_graph import NODE_KEYS, WAY_KEYS

if TYPE_CHECKING:
    import networkx as nx

__all__ = ["fetch_streets"]

_logger = logging.getLogger(__name__)

# Everything that is a road or a path: who may walk on it is decided by our own table, later.
_WAYS: Final = '["highway"]'
_MOST_BUFFER_M: Final = 50_000.0
_LATER: Final = "ask again later"


_Outline = shapely.Polygon | shapely.MultiPolygon


class _Response(Protocol):
    """What is asked of an answer of the library `requests`."""

    url: str
    status_code: int
    is_redirect: bool

    def json(self) -> object: ...

    def close(self) -> None: ...


def fetch_streets(place: str, *, buffer_m: float = 1500.0) -> "nx.MultiDiGraph[int]":
    """
    Download the streets of a place, and of what lies around it.

    Parameters
    ----------
    place
        The name of a place that has an outline in OpenStreetMap.
    buffer_m
        How far beyond the outline to go on; the walking limit and the snapping limit together
        make the result inside exact.

    Returns
    -------
    graph
        An osmnx graph of every ``highway``, not simplified, with the tags that
        `walk.osmnx_graph` reads. Each piece of street stands in it once, in the direction in
        which it was drawn. Walls and rivers, which the OSM files hold, are not in it.

    Raises
    ------
    StudyError
        If osmnx is not installed, the place is not found or has no outline, or `buffer_m` is no
        distance.
    NetworkError
        If there are no streets.
    FetchError
        If a server cannot be reached, refuses, or answers in part only. Nothing is asked twice.
    """
    osmnx = _osmnx()
    if not 0 <= buffer_m <= _MOST_BUFFER_M:
        problem = f"`buffer_m` must be between 0 and {_MOST_BUFFER_M:,.0f}, not {buffer_m!r}."
        raise StudyError(place, [problem])
    with _own_settings(osmnx), _faults(place):
        _logger.info("looking for %s", place)
        outline = _outline(osmnx, place)
        _logger.info("downloading the streets of %s", place)
        return _graph(osmnx, place, _around(outline, buffer_m))


def _osmnx() -> ModuleType:
    try:
        import osmnx  # noqa: PLC0415 - takes seconds; only those who download wait
    except ImportError:
        problem = "streets are downloaded by osmnx: `pip install lifecircle[fetch]`."
        raise StudyError("fetch", [problem]) from None
    return osmnx


def _outline(osmnx: ModuleType, place: str) -> _Outline:
    try:
        found = osmnx.geocode_to_gdf(place)
    except (TypeError, ValueError):
        problem = (
            "OpenStreetMap knows no place of this name that has an outline; name its city or "
            "country too ('Huancui, Weihai, China')."
        )
        raise StudyError(place, [problem]) from None
    return cast("_Outline", found.union_all())


def _graph(osmnx: ModuleType, place: str, area: _Outline) -> "nx.MultiDiGraph[int]":
    try:
        graph = osmnx.graph_from_polygon(
            area, custom_filter=_WAYS, simplify=False, retain_all=True, truncate_by_edge=True
        )
    except ValueError:
        raise NetworkError(place, ["OpenStreetMap has no streets there."]) from None
    return cast("nx.MultiDiGraph[int]", graph)


def _around(outline: _Outline, buffer_m: float) -> _Outline:
    middle = outline.centroid
    crs = study_crs(middle.x, middle.y)
    to_metres = Transformer.from_crs("EPSG:4326", crs, always_xy=True)

    def moved(shape: _Outline, *, back: bool) -> _Outline:
        direction = "INVERSE" if back else "FORWARD"

        def move(xy: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
            return np.column_stack(to_metres.transform(xy[:, 0], xy[:, 1], direction=direction))

        return shapely.transform(shape, move)

    around = cast("_Outline", shapely.buffer(moved(outline, back=False), buffer_m))
    return moved(around, back=True)


@contextmanager
def _own_settings(osmnx: ModuleType) -> Iterator[None]:
    """Let osmnx download our way, and leave its settings and Python's resolver as they were."""
    ours = {
        "all_oneway": True,
        "doh_url_template": None,
        "requests_kwargs": {
            **osmnx.settings.requests_kwargs,
            "hooks": {"response": lambda response, **_: _checked(response)},
        },
        "use_cache": False,
        "useful_tags_node": sorted(NODE_KEYS),
        "useful_tags_way": sorted(WAY_KEYS),
    }
    before = {name: getattr(osmnx.settings, name) for name in ours}
    resolver = socket.getaddrinfo  # osmnx puts its own in its place
    try:
        for name, value in ours.items():
            setattr(osmnx.settings, name, value)
        yield
    finally:
        for name, value in before.items():
            setattr(osmnx.settings, name, value)
        socket.getaddrinfo = resolver


@contextmanager
def _faults(place: str) -> Iterator[None]:
    try:
        yield
    except LifeCircleError:
        raise
    except OSError as error:  # whatever `requests` raises is one
        problem = (
            f"the server cannot be reached, or broke off ({type(error).__name__}); see to the "
            "connection, or get the streets as a file (.osm.pbf) on another machine."
        )
        raise FetchError(place, [problem]) from error


def _checked(response: _Response) -> None:
    try:
        _check(response)
    except BaseException:
        response.close()  # requests lets go of the connection of a whole answer only
        raise


def _check(response: _Response) -> None:
    """
    Refuse an answer that is not whole.

    It comes before osmnx sees the answer: osmnx takes a time-out's remark for an answer, drops what
    lacks its nodes in silence, and asks a server that is busy again and again.
    """
    server = response.url.split("?")[0]
    if response.is_redirect:
        return
    if response.status_code != 200:  # noqa: PLR2004 - HTTP's word for fine
        problem = f"it answers with the status {response.status_code}; {_LATER}."
        raise FetchError(server, [problem])
    if server.endswith("/status"):
        return
    try:
        answer = response.json()
    except ValueError:
        raise FetchError(server, [f"its answer is not JSON, or broken off; {_LATER}."]) from None
    problems = _problems(answer, of_streets=server.endswith("/interpreter"))
    if problems:
        raise FetchError(server, problems)


def _problems(answer: object, *, of_streets: bool) -> list[str]:
    if not of_streets:
        return [] if isinstance(answer, list) else [f"its answer is no list of places; {_LATER}."]
    if not isinstance(answer, dict) or not isinstance(answer.get("elements"), list):
        return [f"its answer holds no map data; {_LATER}."]
    if "remark" in answer:
        remark = str(answer["remark"])
        return [f"it gave up half-way ({remark!r}); {_LATER}, or for a smaller place."]
    missing = _missing_nodes(answer["elements"])
    if missing:
        return [f"its answer lacks {missing} of the nodes that its streets run over; {_LATER}."]
    return []


def _missing_nodes(elements: list[Mapping[str, object]]) -> int:
    there = {element["id"] for element in elements if element["type"] == "node"}
    ways = [element for element in elements if element["type"] == "way"]
    refs = {ref for way in ways for ref in cast("list[int]", way.get("nodes", []))}
    return len(refs - there)
