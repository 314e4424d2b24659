"""
Walk links: our search beside scipy's, on one street grid, in one run.

``python benchmarks/bench_walk.py`` prints the time of each and their ratio. The grid is made:
1000 x 1000 junctions 100 m apart, 200 facilities, 2,000 residences, 900 m.
"""

import time
from collections.abc import Callable

import geopandas as gpd
import numpy as np
import numpy.typing as npt
from pyproj import CRS
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from lifecircle.walk import StreetWays, build_network, snap_places, walk_links
from lifecircle.walk.network import WalkNetwork

SIDE, STEP_M, FACILITIES, RESIDENCES, LIMIT_MM = 1000, 100.0, 200, 2000, 900_000
ROUNDS = 5


def main() -> None:
    """Time both and print the ratio."""
    network = build_network(_grid())
    draw = np.random.default_rng(7)
    nodes = len(network.node_xy)
    goals, homes = (draw.choice(nodes, count, replace=False) for count in (FACILITIES, RESIDENCES))
    here = snap_places(network, _points(network, homes))
    there = snap_places(network, _points(network, goals))
    ours = _fastest(lambda: len(walk_links(network, here, there, limit_mm=LIMIT_MM)))
    theirs = _fastest(lambda: _scipy_links(network, homes, goals))
    print(f"lifecircle  {ours[0]:8.3f} s  {ours[1]} links")
    print(f"scipy       {theirs[0]:8.3f} s  {theirs[1]} links")
    print(f"ratio       {theirs[0] / ours[0]:8.1f}")


def _grid() -> StreetWays:
    rows, columns = np.divmod(np.arange(SIDE * SIDE), SIDE)
    number = np.arange(SIDE * SIDE).reshape(SIDE, SIDE)
    across = np.column_stack([number[:, :-1].ravel(), number[:, 1:].ravel()])
    up = np.column_stack([number[:-1].ravel(), number[1:].ravel()])
    refs = np.concatenate([across, up])
    return StreetWays(
        crs=CRS.from_epsg(4547),
        node_ids=number.ravel(),
        xy=np.column_stack([columns, rows]) * STEP_M,
        way_ids=np.arange(len(refs)),
        offsets=np.arange(len(refs) + 1) * 2,
        refs=refs.ravel(),
        way_tags=tuple({"highway": "residential"} for _ in refs),
    )


def _points(network: WalkNetwork, nodes: npt.NDArray[np.int64]) -> gpd.GeoSeries:
    x, y = network.node_xy[nodes].T
    return gpd.GeoSeries(gpd.points_from_xy(x, y), index=nodes.astype(str), crs=network.crs)


def _scipy_links(
    network: WalkNetwork, homes: npt.NDArray[np.int64], goals: npt.NDArray[np.int64]
) -> int:
    size = len(network.node_xy)
    lengths = network.length_mm.astype(np.float64)
    graph = csr_array((lengths, (network.start, network.end)), shape=(size, size))
    reached = dijkstra(graph, directed=False, indices=goals, limit=LIMIT_MM)
    return int(np.isfinite(reached[:, homes]).sum())


def _fastest(run: Callable[[], int]) -> tuple[float, int]:
    seconds = []
    for _ in range(ROUNDS):
        begin = time.perf_counter()
        links = run()
        seconds.append(time.perf_counter() - begin)
    return min(seconds), links


if __name__ == "__main__":
    main()
