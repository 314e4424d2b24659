"""
The fair share beside a linear program that only finds its lowest ratio, in one run.

``python benchmarks/bench_sharing.py [--without-program]`` prints times, their ratio and the most
memory used. Towns are made: places at random in a square, each residence linked to its nearest
facilities; 70 % of what is asked for is there. scipy's program (HiGHS, interior point) maximises
the lowest ratio; leximin gives that one and all the others.
"""

import resource
import sys
import time
from collections.abc import Callable

import numpy as np
import numpy.typing as npt
from scipy.optimize import linprog
from scipy.sparse import coo_array, hstack, vstack
from scipy.spatial import KDTree

from lifecircle.supply.certificates import Clusters, shortage_clusters
from lifecircle.supply.leximin import fair_blocks, fair_flow

Ints = npt.NDArray[np.int64]
Town = tuple[Ints, Ints, Ints, Ints]

SIZES = ((20_000, 1_000, 20), (100_000, 6_000, 5))
TIGHTNESS = 0.7
ROUNDS = 3


def main() -> None:
    """Time each and print the ratio."""
    _shared(_town(200, 20, 4))  # compiles
    for size in SIZES:
        town = _town(*size)
        seconds = min(_seconds(lambda town=town: _shared(town)) for _ in range(ROUNDS))
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print("{:,} residences x {:,} facilities x {} links".format(*size))
        print(f"  leximin and clusters {seconds:8.3f} s   at most {memory:.0f} MB")
        if "--without-program" not in sys.argv:
            theirs = _seconds(lambda town=town: _lowest_ratio(town))
            print(f"  linear program       {theirs:8.3f} s   ratio {theirs / seconds:.0f}")


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
    return fair_flow(*town, blocks), shortage_clusters(*town, blocks)


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
