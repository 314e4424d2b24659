"""
What is certain of a part of a town is so in the whole town, whatever lies beyond.

By law (the exact share is monotone), and by brute force over random towns of which parts are cut.
"""

from collections.abc import Sequence
from fractions import Fraction
from functools import cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest

from lifecircle.supply.blocks import whole_units
from lifecircle.supply.border_doubt import sharing_groups
from lifecircle.supply.bounds import Known
from lifecircle.supply.circle import CircleLedger, circle_ledger
from lifecircle.supply.leximin import fair_blocks, fair_flow
from lifecircle.supply.town import build_town, give_out, units_range
from towns import Ints, Town, random_town

JUDGED = ("met", "short", "unreachable")
CUTS = range(300)


def exact_units(case: Town, weight: Ints) -> list[Fraction]:
    """Return the exact share of each residence, in units."""
    blocks = fair_blocks(*case, weight=weight)
    shares = []
    for block, owed, counts in zip(blocks.of_residence, case[1], weight, strict=True):
        ratio = Fraction(0)
        if block >= 0:
            ratio = Fraction(int(blocks.numerator[block]), int(blocks.denominator[block]))
        shares.append(min(int(owed) * Fraction(1), int(owed) * int(counts) * ratio))
    return shares


def weighted_town(seed: int) -> tuple[Town, Ints, np.random.Generator]:
    draw = np.random.default_rng(seed)
    facilities, residences = (int(size) for size in draw.integers(2, 9, 2))
    weight = draw.integers(1, 1 + int(draw.integers(1, 4)), residences)
    return random_town(seed, facilities, residences, 30), weight, draw


@pytest.mark.parametrize("seeds", [range(start, start + 100) for start in range(0, 400, 100)])
def test_a_facility_less_raises_nobodys_exact_share(seeds: range) -> None:
    for seed in seeds:
        case, weight, draw = weighted_town(seed)
        less = case[0].copy()
        taken = draw.integers(len(less))
        less[taken] = draw.integers(0, less[taken] + 1)
        before, after = exact_units(case, weight), exact_units((less, *case[1:]), weight)
        assert all(now <= was for was, now in zip(before, after, strict=True)), seed


@pytest.mark.parametrize("seeds", [range(start, start + 100) for start in range(0, 400, 100)])
def test_a_residence_less_lowers_nobody_elses_exact_share(seeds: range) -> None:
    for seed in seeds:
        case, weight, draw = weighted_town(seed)
        gone = int(draw.integers(len(case[1])))
        fewer = case[1].copy()
        fewer[gone] = 0
        before = exact_units(case, weight)
        after = exact_units((case[0], fewer, *case[2:]), weight)
        pairs = [pair for home, pair in enumerate(zip(before, after, strict=True)) if home != gone]
        assert all(now >= was for was, now in pairs), seed


def test_what_is_rounded_is_the_exact_share_cut_or_one_unit_more_of_a_fraction() -> None:
    for seed in range(200):
        case, weight, _ = weighted_town(seed)
        blocks = fair_blocks(*case, weight=weight)
        flow = fair_flow(*case, blocks, weight=weight)
        units = np.bincount(case[3], weights=flow, minlength=len(case[1])).astype(np.int64)
        floor, rest = whole_units(case[1], blocks, weight=weight)
        assert [int(share) for share in exact_units(case, weight)] == floor.tolist()
        assert ((units == floor) | ((units == floor + 1) & (rest > 0))).all(), seed


class Tables(NamedTuple):
    """A town as the circle ledger takes it."""

    terms: pd.DataFrame
    counted: pd.DataFrame
    links: pd.DataFrame
    priority: pd.Series

    def judged(self, known: Known | None = None) -> CircleLedger:
        return circle_ledger(*self[:3], known=known, priority=self.priority)


def drawn_town(draw: np.random.Generator, *, most: int = 60, plain: bool = False) -> Tables:
    """Draw a town where all can be: unknown, own, built for someone, of several rows, weighed."""
    homes = pd.Index([f"R{at}" for at in range(draw.integers(3, 11))], dtype=object)
    rows = pd.Index([f"F{at}" for at in range(draw.integers(2, 9))], dtype=object)

    def amounts(index: pd.Index, unknown: float) -> pd.Series:
        units = pd.Series(draw.integers(0, most, len(index)), index, dtype="Int64")
        return units.mask(draw.random(len(index)) < unknown * (not plain))

    owed = amounts(homes, 0.1)
    site = pd.Series(rows, rows)
    serves = pd.Series(None, rows, dtype=object)
    if not plain:
        second = rows[1:][draw.random(len(rows) - 1) < 0.2]
        site[second] = rows[0]
        built = draw.random(len(rows)) < 0.2
        serves[built] = draw.choice(homes, built.sum())
    area = amounts(rows, 0.1).mask(site != rows, 0)
    pairs = [(home, row) for home in homes for row in rows if draw.random() < 0.25]
    return Tables(
        pd.DataFrame(
            {
                "asked": True,
                "reason": np.where(owed.isna(), "households_unknown", None),
                "requirement_units": owed,
                "own_units": amounts(homes, 0.7) if not plain else pd.array([0] * len(homes)),
            },
            index=homes,
        ).replace({"reason": {np.nan: None}}),
        pd.DataFrame({"counted_units": area, "site": site, "serves_id": serves}, index=rows),
        pd.DataFrame(pairs, columns=["residence_id", "facility_id"], dtype=object),
        pd.Series(
            draw.choice([1.0, 1.5, 2.0] if draw.random() < 0.5 else [1.0], len(homes)), homes
        ),
    )


def cut(whole: Tables, draw: np.random.Generator) -> tuple[Tables, Known]:
    """Leave out residences and facilities, and say of whom all is left."""
    homes = whole.terms.index[draw.random(len(whole.terms)) < 0.8]
    rows, site = whole.counted.index, whole.counted["site"]
    serves = whole.counted["serves_id"]
    kept = pd.Series(draw.random(len(rows)) < 0.7, rows) | serves.isin(homes)
    given = rows[site.isin(site[kept])]
    ends = whole.links
    strange = ends.loc[~ends["residence_id"].isin(homes), "facility_id"]
    missing = ends.loc[~ends["facility_id"].isin(given), "residence_id"]
    known = Known(
        pd.Series(~homes.isin(missing), homes),
        pd.Series(~given.isin(strange), given) & (serves[given].isna() | serves[given].isin(homes)),
    )
    part = Tables(
        whole.terms.loc[homes],
        whole.counted.loc[given],
        ends[ends["residence_id"].isin(homes) & ends["facility_id"].isin(given)],
        whole.priority[homes],
    )
    return part, known


def side_by_side(parts: list[Tables]) -> Tables:
    """Join towns that have nothing to do with each other: one sharing is quicker than many."""

    def named(table: pd.DataFrame, place: int) -> pd.DataFrame:
        ids = [name for name in ("site", "serves_id", *parts[0].links.columns) if name in table]
        marked = {name: table[name].dropna() + f"/{place}" for name in ids}
        return table.assign(**marked).set_axis(table.index.astype(str) + f"/{place}")

    terms, counted, links, priority = (
        pd.concat([named(table, place) for place, table in enumerate(tables)])
        for tables in zip(
            *((*part[:3], part.priority.to_frame("of")) for part in parts), strict=True
        )
    )
    none = counted["serves_id"].astype(object).where(counted["serves_id"].notna(), None)
    counted = counted.assign(serves_id=none)
    return Tables(terms, counted, links.reset_index(drop=True), priority["of"])


@cache
def cut_towns() -> tuple[Tables, Tables, Known]:
    """Draw all towns, and cut a part out of each."""
    wholes, parts = [], []
    for seed in CUTS:
        draw = np.random.default_rng(seed)
        wholes.append(drawn_town(draw))
        parts.append(cut(wholes[-1], draw))
    known = [
        pd.concat(
            [one[at].set_axis(one[at].index + f"/{place}") for place, (_, one) in enumerate(parts)]
        )
        for at in (0, 1)
    ]
    return side_by_side(wholes), side_by_side([part for part, _ in parts]), Known(*known)


def test_who_has_a_verdict_in_a_part_has_the_same_in_the_whole_town() -> None:
    whole, part, known = cut_towns()
    here = part.judged(known).residences
    there = whole.judged().residences["circle_verdict"]
    judged = here["circle_verdict"][here["circle_verdict"].isin(JUDGED)]
    assert judged.tolist() == there[judged.index].tolist()
    # It says something: of those whose sharing leads to the unknown, many are certain.
    doubted = here["circle_reason"].eq("border_dependent")
    assert doubted.sum() > 100
    open_ended = judged.index.isin(_sharing_with_the_unknown(part, known))
    assert open_ended.sum() > 300


def _sharing_with_the_unknown(part: Tables, known: Known) -> pd.Index:
    of_home, of_site = sharing_groups(part.links, part.counted, part.terms.index)
    site = part.counted["site"]
    open_ended = {
        *of_home[~known.choices],
        *of_site[site[known.users.index[~known.users]].unique()],
    }
    return of_home.index[of_home.isin(open_ended)]


def test_without_the_bounds_some_verdicts_would_be_wrong() -> None:
    whole, part, known = cut_towns()
    here = part.judged().residences["circle_verdict"]
    there = whole.judged().residences["circle_verdict"][here.index]
    wrong = here.isin(JUDGED) & here.ne(there)
    assert wrong.sum() > 50
    bounded = part.judged(known).residences
    assert (
        bounded.loc[wrong, "circle_reason"]
        .isin(["border_dependent", "facility_area_unknown"])
        .all()
    )


def test_a_part_closed_off_is_given_the_same_to_the_unit() -> None:
    whole, part, known = cut_towns()
    here = part.judged(known).residences["circle_m2"]
    closed = here.index.difference(_sharing_with_the_unknown(part, known))
    there = whole.judged().residences["circle_m2"]
    pd.testing.assert_series_equal(here[closed], there[closed])
    assert len(closed) > 300


def test_the_bounds_are_what_some_larger_town_gives() -> None:
    """
    Build the two larger towns that a bound is for.

    In one a crowd walks to every facility with unknown users, in the other every residence with
    unknown choices has a palace. So no rule that is always right flags fewer, but for rounding.
    """
    for seed in range(20):
        draw = np.random.default_rng(seed)
        part, known = cut(drawn_town(draw, most=6000, plain=True), draw)
        town = part.judged().town
        shut = ~known.users[town.sites].to_numpy()
        chosen = known.choices[town.residences].to_numpy()
        low = units_range(town, town.owed, unlimited=False, shut=shut)["at_least"]
        high = units_range(town, np.where(chosen, town.owed, 0), unlimited=False)["at_most"]
        worst = _received(part, crowds=known.users.index[~known.users])
        best = _received(part, palaces=known.choices.index[~known.choices])
        assert (np.abs(worst - low.to_numpy()) <= 2).all(), seed
        assert (np.abs(best - high.to_numpy())[chosen] <= 1).all(), seed


def _received(
    part: Tables, *, crowds: Sequence[str] = (), palaces: Sequence[str] = ()
) -> npt.NDArray[np.int64]:
    """Share with more residences (each beside one facility), or facilities (beside one home)."""
    homes, sites = (
        [f"crowd at {site}" for site in crowds],
        [f"palace of {home}" for home in palaces],
    )
    much = 10**10
    new_terms = pd.DataFrame(
        {"asked": True, "reason": None, "own_units": 0,
         "requirement_units": pd.array([much] * len(homes), dtype="Int64")}, index=homes,
    )  # fmt: skip
    new_counted = pd.DataFrame(
        {"counted_units": pd.array([much] * len(sites), dtype="Int64"), "site": sites,
         "serves_id": None}, index=sites,
    )  # fmt: skip
    walks = [*zip(homes, crowds, strict=True), *zip(palaces, sites, strict=True)]
    town = build_town(
        pd.concat([part.terms, new_terms]) if homes else part.terms,
        pd.concat([part.counted, new_counted]) if sites else part.counted,
        pd.concat([part.links, pd.DataFrame(walks, columns=part.links.columns)]),
        priority=part.priority,
    )
    shares = give_out(town, town.owed, unlimited=False).shares
    units = shares.groupby("residence")["units"].sum().reindex(range(len(town.residences)))
    received = units.fillna(0).set_axis(town.residences)
    return received[sorted(part.terms.index)].to_numpy(dtype=np.int64)
