"""
The fair share beside a linear program that only finds its lowest ratio, in one run.

``python benchmarks/bench_sharing.py [--without-program]`` prints times, their ratio and the most
memory used. Leximin's times are with the shortage clusters and the certificate of fairness: on the
clock, and of one processor, which is what compares on a machine that does other things. Towns are
made: places at random in a square, each residence linked to its nearest facilities; 70 % of what
is asked for is there. scipy's program (HiGHS, interior point) maximises the lowest ratio; leximin
gives that one and all the others.

Where ObjectNat is installed (2.1 runs on Python 3.11 beside numpy 2), its published
``get_service_provision`` shares out a small town too: a gravity model over the full matrix of
distances. BlocksNet 0.1 cannot be installed beside the
libraries used here: it pins numpy 1.23.5, shapely 2.0.1 and geopandas before 1.0.
"""

import importlib.util
import resource
import sys
import time
from collections.abc import Callable

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.optimize import linprog
from scipy.sparse import coo_array, hstack, vstack
from scipy.spatial import KDTree

from lifecircle.supply.certificates import Clusters, shortage_clusters
from lifecircle.supply.fairness import fairness_breaches
from lifecircle.supply.leximin import fair_blocks, fair_flow

Ints = npt.NDArray[np.int64]
Town = tuple[Ints, Ints, Ints, Ints]

SIZES = ((20_000, 1_000, 20), (100_000, 6_000, 5))
TIGHTNESS = 0.7
SMALL = (1_000, 60, 8)  # ObjectNat takes minutes for a larger town
ROUNDS = 3


def main() -> None:
    """Time each and print the ratio."""
    _shared(_town(200, 20, 4))  # compiles
    for size in SIZES:
        town = _town(*size)
        seconds, processor = np.min(
            [_both(lambda town=town: _shared(town)) for _ in range(ROUNDS)], 0
        )
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print("{:,} residences x {:,} facilities x {} links".format(*size))
        print(
            f"  leximin, with proofs {seconds:8.3f} s   ({processor:.3f} s of one processor)   "
            f"at most {memory:.0f} MB"
        )
        if "--without-program" not in sys.argv:
            theirs = _seconds(lambda town=town: _lowest_ratio(town))
            print(f"  linear program       {theirs:8.3f} s   ratio {theirs / seconds:.0f}")
    small = _town(*SMALL)
    print("{:,} residences x {:,} facilities x {} links".format(*SMALL))
    _beside_object_nat(small, _seconds(lambda: _shared(small)))


def _beside_object_nat(town: Town, seconds: float) -> None:
    if importlib.util.find_spec("objectnat") is None:
        print("  ObjectNat            not installed")
        return
    held, asked = town[0], town[1]
    start = time.perf_counter()
    got = np.minimum(_provided(town), asked)
    theirs = time.perf_counter() - start
    ours = np.zeros_like(asked)
    np.add.at(ours, town[3], _shared(town)[0])
    print(f"  ObjectNat            {theirs:8.3f} s   ratio {theirs / seconds:.0f}")
    for name, share in (("leximin", ours), ("ObjectNat", got)):
        part = share / asked
        print(
            f"    {name:10} gives {share.sum() / held.sum():.4f} of what there is, lowest ratio "
            f"{part.min():.3f}, lowest tenth {np.quantile(part, 0.1):.3f}"
        )


def _provided(town: Town) -> npt.NDArray[np.float64]:
    """Share out by ObjectNat: all that is linked is 1 away, all else beyond the threshold."""
    from objectnat import get_service_provision  # noqa: PLC0415 - only where it is installed

    held, asked, tails, heads = town
    far = np.full((len(asked), len(held)), 9.0, dtype=np.float32)
    far[heads, tails] = 1.0
    homes = gpd.GeoDataFrame(
        {"demand": asked}, geometry=gpd.points_from_xy(*np.zeros((2, len(asked)))), crs=4547
    )
    goals = gpd.GeoDataFrame(
        {"capacity": held}, geometry=gpd.points_from_xy(*np.zeros((2, len(held)))), crs=4547
    )
    found = get_service_provision(
        buildings=homes, distance_matrix=pd.DataFrame(far), services=goals, threshold=1.0
    )
    flows = coo_array(found.flow.sparse.to_coo())
    rows, columns = flows.coords
    linked = far[rows, columns] <= 1.0  # it also sends people beyond the threshold
    return np.bincount(rows[linked], weights=flows.data[linked], minlength=len(asked))


def _both(work: Callable[[], object]) -> tuple[float, float]:
    """Return seconds on the clock, and of one processor."""
    start = time.process_time()
    return _seconds(work), time.process_time() - start


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _town(residences: int, facilities: int, reach: int) -> Town:
    draw = np.random.default_rng(7)
    asked = (draw.lognormal(6.3, 0.8, residences) * 20).astype(np.int64) + 1  # 20 units a household
    parts = draw.lognormal(0, 1, facilities)
    held = (parts / parts.sum() * asked.sum() * TIGHTNESS).astype(np.int64) + 1
    homes, goals = draw.random((residences, 2)), draw.random((facilities, 2))
    near = KDTree(goals).query(homes, reach)[1].ravel().astype(np.int64)
    home = np.repeat(np.arange(residences), reach)
    order = np.lexsort((home, near))
    return held, asked, near[order], home[order]


def _shared(town: Town) -> tuple[Ints, Clusters]:
    blocks = fair_blocks(*town)
    flow = fair_flow(*town, blocks)
    proven = not any(part.any() for part in fairness_breaches(*town, flow, blocks))
    assert proven  # noqa: S101 - the time of a wrong answer says nothing
    return flow, shortage_clusters(*town, blocks)


def _lowest_ratio(town: Town) -> float:
    held, asked, tails, heads = town
    links = np.arange(len(tails))
    one = np.ones(len(tails))
    gives = coo_array((one, (tails, links)), shape=(len(held), len(tails)))
    gets = coo_array((-one, (heads, links)), shape=(len(asked), len(tails)))
    nothing = coo_array((len(held), 1))
    rows = vstack([hstack([gives, nothing]), hstack([gets, asked[:, None].astype(float)])])
    goal = np.append(np.zeros(len(tails)), -1.0)
    bound = np.concatenate([held, np.zeros(len(asked))])
    answer = linprog(goal, A_ub=rows, b_ub=bound, method="highs-ipm")
    assert answer.status == 0  # noqa: S101 - a benchmark of an unsolved program says nothing
    return float(-answer.fun)


if __name__ == "__main__":
    main()
