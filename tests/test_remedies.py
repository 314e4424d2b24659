from itertools import combinations

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from lifecircle.supply.area_units import to_units
from lifecircle.supply.circle import CircleLedger, circle_ledger
from lifecircle.supply.cluster_table import cluster_names
from lifecircle.supply.remedies import SiteReach, lacking, single_sites
from test_circle import links, sites, terms, towns

Town = tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]


def kinds(circle: CircleLedger, *points: list[str]) -> dict[tuple[str, int], str]:
    """Tell what a facility would do at points that these residences reach, cluster by cluster."""
    homes = circle.town.residences
    short = set(homes[lacking(circle.town, circle.given)])
    pairs = [(homes.get_loc(home), at) for at, who in enumerate(points) for home in who]
    pairs = [pair for pair in pairs if homes[pair[0]] in short]
    ends = np.array(pairs, dtype=np.int64).reshape(-1, 2)
    found = single_sites(circle.town, circle.given, SiteReach(ends[:, 0], ends[:, 1]))
    names = cluster_names(circle.given.clusters, circle.clusters)
    rows = zip(found["cluster"], found["point"], found["kind"], strict=True)
    return {(names[int(cluster)], int(at)): kind for cluster, at, kind in rows}


def members(circle: CircleLedger, cluster: str) -> list[str]:
    def holds(smallest: str | None) -> bool:
        while smallest is not None and smallest != cluster:
            smallest = circle.clusters.loc[smallest, "parent_id"]
        return smallest == cluster

    return [str(home) for home, at in circle.residences["cluster_id"].items() if holds(at)]


def outermost(circle: CircleLedger, cluster: str) -> str:
    parent = circle.clusters.loc[cluster, "parent_id"]
    return cluster if parent is None else outermost(circle, parent)


def with_a_site(town: Town, units: int, who: list[str]) -> CircleLedger:
    table, counted, walked = town
    new = sites(Z=units).assign(serves_id=None)
    more = links(*(f"{home}-Z" for home in who))
    return circle_ledger(
        table, pd.concat([counted, new]), pd.concat([walked, more], ignore_index=True)
    )


def missing(circle: CircleLedger, homes: list[str]) -> int:
    return int(to_units(circle.residences.loc[homes, "circle_shortage_m2"]).sum())


def is_met(circle: CircleLedger, homes: list[str]) -> bool:
    """Tell whether they have all they ask for, and not only by rounding to whole units."""
    in_a_cluster = circle.residences.loc[homes, "cluster_id"].notna().any()
    return missing(circle, homes) == 0 and not in_a_cluster


def test_by_hand() -> None:
    # R1 and R2 share A and lack 100; R3 has only B and lacks 50.
    circle = circle_ledger(
        terms(R1=100, R2=100, R3=100), sites(A=100, B=50), links("R1-A", "R2-A", "R3-B")
    )
    assert circle.clusters["shortage_m2"].tolist() == [1.0, 0.5]
    # R2 alone could have all of A, were R1 served elsewhere: the union does, not only what both
    # reach. Where R3 comes too, 1 m² is not enough for the first.
    assert kinds(circle, ["R1"], ["R1", "R2"], ["R1", "R2", "R3"]) == {
        ("C1", 0): "all_met",
        ("C1", 1): "all_met",
        ("C1", 2): "with_others",
        ("C2", 2): "with_others",
    }


def test_two_ends_that_lack_by_themselves_need_a_site_that_both_reach() -> None:
    circle = circle_ledger(
        terms(R1=100, R2=100), sites(A=50, B=50, C=20), links("R1-A", "R1-C", "R2-B", "R2-C")
    )
    assert circle.clusters["shortage_m2"].tolist() == [0.8]
    assert kinds(circle, ["R1"], ["R1", "R2"]) == {("C1", 0): "helps", ("C1", 1): "all_met"}


def test_those_around_an_inner_cluster_take_part_in_what_it_gains() -> None:
    # R1 has only A and lacks most; R2 lacks 6 of 27, and reaches A too. With R1's 47 at a point
    # that R1 alone reaches, A is better shared: R1 would be at 47/53, R2 at 21/27.
    circle = circle_ledger(terms(R1=53, R2=27), sites(A=6, B=21), links("R1-A", "R2-A", "R2-B"))
    assert circle.clusters["shortage_m2"].to_dict() == {"C1": 0.53, "C2": 0.47}
    # With 53 for R1, all of A is left to R2: the outer cluster is met at once.
    assert kinds(circle, ["R1"]) == {("C1", 0): "all_met", ("C2", 0): "with_others"}


def test_what_those_around_take_can_leave_too_little_wherever_one_builds() -> None:
    # R1 and R2 share A with R3, who reaches B too. With any amount for R1 alone, R2 and R3 lack
    # 4 + 6 - 8 = 2 together, and A goes to both.
    town = (
        terms(R1=20, R2=4, R3=26),
        sites(A=8, B=20).assign(serves_id=None),
        links("R1-A", "R2-A", "R3-A", "R3-B"),
    )
    circle = circle_ledger(*town)
    assert circle.clusters["shortage_m2"].to_dict() == {"C1": 0.22, "C2": 0.16}
    assert kinds(circle, ["R1"]) == {("C1", 0): "helps", ("C2", 0): "helps"}
    assert not is_met(with_a_site(town, 10**6, ["R1"]), ["R1", "R2"])


def enough_by_definition(circle: CircleLedger, cluster: str, who: list[str]) -> bool:
    """
    Ask every set of those who do not reach the point how much it needs beyond all it reaches.

    Who is in all the sets that need most beyond it goes short in some greatest flow; nobody else
    does (Dulmage & Mendelsohn 1958).
    """
    town, shares = circle.town, circle.given.shares
    kept = shares[shares["part"] != "open"]
    lack = dict(zip(town.residences, town.owed.tolist(), strict=True))
    room = town.area.tolist()
    for row in kept.itertuples():
        lack[town.residences[row.residence]] -= row.units
        if row.part == "held":
            room[row.giver] -= row.units
    reach = town.links.groupby("residence")["site"].agg(set)
    reach.index = town.residences[reach.index]
    wanting = [home for home in members(circle, outermost(circle, cluster)) if home not in who]
    groups = [
        set(group) for size in range(len(wanting) + 1) for group in combinations(wanting, size)
    ]
    lacks = [
        sum(lack[home] for home in group)
        - sum(room[site] for site in set().union(*(reach.get(home, set()) for home in group)))
        for group in groups
    ]
    # The smaller groups come first; the smallest of those that lack most is in all of them.
    worst = groups[lacks.index(max(lacks))]
    return not worst & set(members(circle, cluster))


@settings(deadline=None, max_examples=60)
@given(towns(), st.data())
def test_many_points_at_once_are_what_each_is_by_itself(town: Town, data: st.DataObject) -> None:
    table, counted, _ = town
    counted["counted_units"] = counted["counted_units"].fillna(0)
    table["requirement_units"] = table["requirement_units"].fillna(0)
    priority = pd.Series(data.draw(st.sampled_from([1.0, 2.0])), index=table.index)
    priority.iloc[0] = 1.0
    circle = circle_ledger(*town, priority=priority)
    some = st.lists(st.sampled_from(sorted(table.index)), unique=True, min_size=1)
    points = data.draw(st.lists(some, min_size=1, max_size=6))
    for (cluster, point), kind in kinds(circle, *points).items():
        enough = enough_by_definition(circle, cluster, points[point])
        assert enough == (kind in {"all_met", "with_others"})


@settings(deadline=None, max_examples=60)
@given(towns(), st.data())
def test_a_site_does_what_it_says(town: Town, data: st.DataObject) -> None:
    table, counted, _ = town
    counted["counted_units"] = counted["counted_units"].fillna(0)
    table["requirement_units"] = table["requirement_units"].fillna(0)
    circle = circle_ledger(*town)
    who = data.draw(st.lists(st.sampled_from(sorted(table.index)), unique=True, min_size=1))
    found = kinds(circle, who)
    for cluster, lack_m2 in circle.clusters["shortage_m2"].items():
        homes, lack = members(circle, str(cluster)), round(lack_m2 * 100)
        kind = found.get((str(cluster), 0))
        just, plenty = with_a_site(town, lack, who), with_a_site(town, 10**6, who)
        assert is_met(just, homes) == (kind == "all_met")
        assert is_met(plenty, homes) == (kind in {"all_met", "with_others"})
        assert (kind is None) == (not set(who) & set(homes))
        if kind in {"all_met", "with_others"}:
            everyone = sorted(table.index)
            assert missing(circle, everyone) - missing(just, everyone) == lack
        if kind is not None:
            assert missing(with_a_site(town, 1, who), homes) <= missing(circle, homes)
            # One unit less is never enough, wherever it stands.
            assert missing(with_a_site(town, lack - 1, sorted(table.index)), homes) > 0
