from fractions import Fraction

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from lifecircle.supply.circle import CircleLedger, circle_ledger
from test_circle import links, sites, terms, towns
from towns import Town as Plain
from towns import ratios
from towns import towns as plain_towns

Town = tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]


def total(circle: CircleLedger) -> int:
    return round(circle.residences["circle_m2"].sum() * 100)


def test_by_hand() -> None:
    # R1 and R2 share A; R3 has enough of B; R4 reaches only C, which has nothing; D is far away.
    circle = circle_ledger(
        terms(R1=100, R2=100, R3=100, R4=100),
        sites(A=150, B=150, C=0, D=10),
        links("R1-A", "R2-A", "R3-B", "R4-C"),
    )
    assert circle.residences["gain_m2_per_m2"].tolist() == [1.0, 1.0, 0.0, 1.0]
    assert circle.facilities["gain_m2_per_m2"].tolist() == [1.0, 0.0, 1.0, 0.0]
    assert circle.facilities["gains_cluster_id"].tolist() == ["C1", None, None, None]


def test_a_place_that_has_nothing_yet_would_go_to_the_worst_off_who_reach_it() -> None:
    # R1 gets 10 of 40, R2 30 of 40; both reach Z, which stands empty.
    circle = circle_ledger(
        terms(R1=40, R2=40), sites(A=10, B=30, Z=0), links("R1-A", "R2-B", "R1-Z", "R2-Z")
    )
    worst = circle.residences.loc["R1", "cluster_id"]
    assert circle.facilities.loc["Z", "gains_cluster_id"] == worst
    assert circle.facilities["gain_m2_per_m2"].tolist() == [1.0, 1.0, 1.0]


def test_a_reserved_site_with_more_than_its_residence_lacks_helps_those_around() -> None:
    counted = sites(A=50, B=60).assign(serves_id=["R1", "R1"])
    circle = circle_ledger(terms(R1=100, R2=100), counted, links("R2-B"))
    # A unit more at A frees one of B, which R2 reaches.
    assert circle.facilities["gain_m2_per_m2"].tolist() == [1.0, 1.0]
    counted = sites(A=50, B=40).assign(serves_id=["R1", "R1"])
    circle = circle_ledger(terms(R1=100, R2=100), counted, links("R2-B"))
    assert circle.facilities["gains_cluster_id"].tolist() == ["C1", "C1"]  # R1 still lacks
    assert circle.residences["cluster_id"].tolist() == ["C1", None]


@settings(deadline=None, max_examples=40)
@given(towns())
def test_one_unit_more_is_worth_what_it_says(town: Town) -> None:
    table, counted, walked = town
    counted["counted_units"] = counted["counted_units"].fillna(0)
    circle = circle_ledger(*town)
    before = total(circle)
    for name in counted.index:
        richer = counted.copy()
        richer.loc[name, "counted_units"] += 1
        gain = total(circle_ledger(table, richer, walked)) - before
        assert gain == circle.facilities.loc[name, "gain_m2_per_m2"]
    for home in table.index[table["requirement_units"].notna()]:
        alone = pd.concat([counted, sites(Z=1).assign(serves_id=None)])
        gain = total(circle_ledger(table, alone, pd.concat([walked, links(f"{home}-Z")])))
        assert gain - before == circle.residences.loc[home, "gain_m2_per_m2"]


@settings(deadline=None, max_examples=40)
@given(plain_towns(), st.data())
def test_shares_rise_in_the_clusters_it_names_and_nowhere_else(
    town: Plain, data: st.DataObject
) -> None:
    many = 10**6  # units are so small that one changes no order
    capacity, requirement, tails, heads = town
    table = terms(**{f"R{n}": int(asked) for n, asked in enumerate(requirement)})
    counted = sites(**{f"F{n}": int(held) for n, held in enumerate(capacity)})
    walked = links(*(f"R{head}-F{tail}" for tail, head in zip(tails, heads, strict=True)))
    circle = circle_ledger(table, counted, walked)
    place = data.draw(st.integers(0, len(capacity) - 1))
    more = capacity * many
    more[place] += 1
    before = ratios((capacity, requirement, tails, heads))
    after = ratios((more, requirement * many, tails, heads))
    risen = np.array([Fraction(b) > Fraction(a) for a, b in zip(before, after, strict=True)])
    named = circle.facilities.loc[f"F{place}", "gains_cluster_id"]
    clusters = set(circle.residences.loc[risen, "cluster_id"].dropna())
    assert clusters == set(named.split(";") if named else ())
    assert risen.any() == (circle.facilities.loc[f"F{place}", "gain_m2_per_m2"] == 1.0)
