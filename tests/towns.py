"""Small towns to share floor area in: capacities, requirements, links as positions."""

from fractions import Fraction

import numpy as np
import numpy.typing as npt
from hypothesis import strategies as st

from lifecircle.supply.leximin import fair_blocks

Ints = npt.NDArray[np.int64]
Town = tuple[Ints, Ints, Ints, Ints]


def town(capacity: list[int], requirement: list[int], links: list[tuple[int, int]]) -> Town:
    """Write ``(f, r)`` for: r walks to f."""
    ends = np.array(sorted(links), dtype=np.int64).reshape(-1, 2)
    return np.array(capacity), np.array(requirement), ends[:, 0].copy(), ends[:, 1].copy()


@st.composite
def towns(draw: st.DrawFn, most: int = 40) -> Town:
    facilities, residences = draw(st.integers(1, 5)), draw(st.integers(1, 6))
    amounts = st.integers(0, most)
    capacity = draw(st.lists(amounts, min_size=facilities, max_size=facilities))
    requirement = draw(st.lists(amounts, min_size=residences, max_size=residences))
    pairs = st.tuples(st.integers(0, facilities - 1), st.integers(0, residences - 1))
    return town(capacity, requirement, draw(st.lists(pairs, unique=True, max_size=20)))


def ratios(case: Town) -> list[Fraction]:
    """Return the exact part that each residence gets; 1 where nothing is asked."""
    blocks = fair_blocks(*case)
    return [
        Fraction(int(blocks.numerator[block]), int(blocks.denominator[block]))
        if block >= 0
        else Fraction(int(asked == 0))
        for block, asked in zip(blocks.of_residence, case[1], strict=True)
    ]


def random_town(seed: int, facilities: int, residences: int, most: int) -> Town:
    draw = np.random.default_rng(seed)
    links = {(draw.integers(facilities), draw.integers(residences)) for _ in range(3 * residences)}
    capacity = draw.integers(0, most, facilities) * residences // facilities
    return town(capacity.tolist(), draw.integers(0, most, residences).tolist(), sorted(links))
