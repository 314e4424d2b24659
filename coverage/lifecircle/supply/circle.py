"""The circle ledger (服务圈): floor area within the walk, each square metre shared out once."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

import numpy as np
import numpy.typing as npt
import pandas as pd

from lifecircle.supply.area_units import to_m2
from lifecircle.supply.bounds import Known, certain_verdicts
from lifecircle.supply.cluster_table import cluster_ids, cluster_names, list_clusters
from lifecircle.supply.codes import joined_flags, none_for_missing
from lifecircle.supply.effort import effort_mm
from lifecircle.supply.routing import nearest_shares
from lifecircle.supply.shadow import shadow_values
from lifecircle.supply.town import Given, Town, build_town, components, give_out, walkable_sites

__all__ = ["CircleLedger", "circle_ledger"]

_Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, kw_only=True, slots=True)
class CircleLedger:
    """
    One sharing over all residences, seen from the residences, the facilities and the links.

    Attributes
    ----------
    residences
        On the index of the terms:

        - ``circle_m2``: what the residence is given; ``reserved_m2`` of it is its own.
        - ``circle_shortage_m2``: what is still missing; NaN where the requirement is unknown.
        - ``circle_verdict``: ``met``, ``short``, ``unreachable``, ``no_data`` or ``not_asked``.
        - ``circle_reason``: ``households_unknown``, ``status_unknown``, ``unsnapped``,
          ``facility_area_unknown`` or ``border_dependent``; None unless there is no data.
        - ``reachable_facilities``, ``reachable_m2``: sites within the limit that have floor area,
          known or not, and what is known of it, before any sharing.
        - ``unknown_facilities``: ``;``-joined ids of those whose unknown area is the reason.
        - ``cluster_id``: the smallest shortage cluster that it is in; None for none.
        - ``gain_m2_per_m2``: what one m² more for it alone would add to all that is given out;
          NaN where the requirement is unknown.
        - ``flags``: ``component_has_unknown_households``, ``component_has_unknown_status``.
    facilities
        On the index of the counted facilities: ``allocated_m2``, ``reserved_m2`` of it to the
        residence that the site was built for, and ``idle_m2`` (NaN where the area is unknown);
        ``cluster_id`` as for residences; ``gain_m2_per_m2``, what one m² more there would add to
        all that is given out (0 where it would not count), and ``gains_cluster_id``, the smallest
        clusters whose shares would rise, ``;``-joined. A site's area stands in the row that
        stands for it.
    links
        On the index of the links: ``allocated_m2``, without what is reserved. A site's area
        stands in the link of the row that stands for it, else in the one with the lowest id.
    clusters
        Where floor area is missing whatever is done, from `cluster_table.list_clusters`, in the
        sharing that is shown.
    town, given
        What was shared out, and how, in whole units.
    """

    residences: pd.DataFrame
    facilities: pd.DataFrame
    links: pd.DataFrame
    clusters: pd.DataFrame
    town: Town
    given: Given


def circle_ledger(
    terms: pd.DataFrame,
    counted: pd.DataFrame,
    links: pd.DataFrame,
    *,
    known: Known | None = None,
    snapped: pd.Series | None = None,
    tolerance: Decimal | Fraction = Decimal("0.005"),
    priority: pd.Series | None = None,
) -> CircleLedger:
    """
    Judge every residence by its share of the floor area that it can walk to.

    A site that was built for a residence is two: a reserved part, as much of it as the
    residence still lacks, which nobody else gets, whatever the walk; and the rest, open to all
    within the limit. Own floor area without a facility is a reserved part only.

    Parameters
    ----------
    terms
        What is asked of every residence, from `requirement.residence_terms`.
    counted
        What counts of every facility, from `counting.counted_area`.
    links
        Who is within the limit of what, with the columns ``residence_id`` and ``facility_id``;
        with ``walk_mm`` everyone is given their share over the shortest walks.
    known
        Whose choices and whose users are known, on the indexes of `terms` and `counted`; without,
        everybody's.
    snapped
        Which residences could be placed on a street, on the index of `terms`.
    tolerance
        Part of the requirement that may be missing from a met one.
    priority
        How much each residence counts, on the index of `terms`; NaN and without: 1.

    Returns
    -------
    circle
        Shares and verdicts.

    Raises
    ------
    TableError
        If a link names an unknown residence, or the areas are too large to add up.

    Notes
    -----
    Met is ``received >= required - floor(tolerance x required)``; a requirement of 0 is met. What
    is unknown is tried at both ends: every unknown area at 0 and at all that its links could
    draw; and what lies beyond what is known at the least and the most that it can leave to
    anybody (see `bounds.certain_verdicts`). All must give the same verdict, else there is no
    data. The shares, shortages and allocations shown are those with unknown areas at 0 and
    nothing beyond what is given.

    Examples
    --------
    >>> terms = pd.DataFrame(
    ...     {
    ...         "asked": True, "reason": None,
    ...         "requirement_units": pd.array([3000, 3000], dtype="Int64"),
    ...         "own_units": pd.array([0, 1000], dtype="Int64"),
    ...     },
    ...     index=["R1", "R2"],
    ... )  # fmt: skip
    >>> counted = pd.DataFrame(
    ...     {"counted_units": pd.array([4000], dtype="Int64"), "site": "A", "serves_id": None},
    ...     index=["A"],
    ... )
    >>> links = pd.DataFrame({"residence_id": ["R1", "R2"], "facility_id": ["A", "A"]})
    >>> circle = circle_ledger(terms, counted, links)
    >>> circle.residences["circle_m2"].to_dict()
    {'R1': 25.0, 'R2': 25.0}
    >>> circle.residences["circle_verdict"].to_dict()
    {'R1': 'short', 'R2': 'short'}
    >>> circle.clusters["shortage_m2"].tolist()
    [10.0]
    """
    town = build_town(terms, counted, links, priority=priority)
    least = town.owed - _part_of(town.owed, Fraction(tolerance))
    given = give_out(town, town.owed, unlimited=False)
    if "walk_mm" in links:
        given = given._replace(shares=nearest_shares(town, given, effort_mm(links)))
    shares, found = given
    clusters = list_clusters(town, found, known=known)
    of_residence, of_site = cluster_ids(town, found, clusters)
    gain, gain_at = shadow_values(town, given, cluster_names(found, clusters))
    gain_at = gain_at.reindex(counted.index)
    verdict = _verdict(town, shares, least)
    doubt = _doubt(town, verdict, least)
    if known is not None and not (known.choices.all() and known.users.all()):
        certain = certain_verdicts(town, least, known, counted["site"])
        doubt = doubt.mask(doubt.isna() & ~certain, "border_dependent")
    reason = _reason(terms, verdict, doubt, snapped)
    asked = terms["asked"].astype(bool)
    judged = verdict.reindex(terms.index).mask(reason.notna(), "no_data")
    return CircleLedger(
        residences=pd.DataFrame(
            {
                **_amounts(terms, town, shares),
                "circle_verdict": judged.where(asked, "not_asked"),
                "circle_reason": reason,
                "cluster_id": none_for_missing(of_residence.reindex(terms.index)),
                "unknown_facilities": _unknown_facilities(town, reason == "facility_area_unknown"),
                "gain_m2_per_m2": gain.reindex(terms.index).where(
                    terms["requirement_units"].notna()
                ),
                "flags": _flags(terms, town),
            }
        ),
        facilities=_facility_amounts(counted, town, shares).assign(
            cluster_id=none_for_missing(of_site.reindex(counted.index)),
            gain_m2_per_m2=gain_at["gain_m2_per_m2"].fillna(0.0),
            gains_cluster_id=none_for_missing(gain_at["gains_cluster_id"].astype(object)),
        ),
        links=_link_amounts(links, shares),
        clusters=clusters,
        town=town,
        given=given,
    )


def _part_of(amount: _Ints, part: Fraction) -> _Ints:
    """Take the floor of a part (at most 1) of whole numbers, without overflow."""
    whole, rest = amount // part.denominator, amount % part.denominator
    floor: _Ints = whole * part.numerator + rest * part.numerator // part.denominator
    return floor


def _verdict(town: Town, shares: pd.DataFrame, least: _Ints) -> pd.Series:
    received = _units(shares, "residence", town.residences)
    reached = walkable_sites(town)["reachable_facilities"].to_numpy() > 0
    reached |= town.built > 0
    reached[town.serves[(town.serves >= 0) & (town.area_unknown | (town.area > 0))]] = True
    words = np.where(received >= least, "met", np.where(reached, "short", "unreachable"))
    return pd.Series(words, index=town.residences, dtype=object)


def _units(shares: pd.DataFrame, end: str, ids: pd.Index) -> pd.Series:
    """Sum the units by one end of the ways."""
    units = np.zeros(len(ids), dtype=np.int64)
    np.add.at(units, shares[end].to_numpy(), shares["units"].to_numpy())
    return pd.Series(units, index=ids)


def _doubt(town: Town, verdict: pd.Series, least: _Ints) -> pd.Series:
    """Name those whose verdict would turn if sites of unknown area had all that is asked."""
    doubt = pd.Series(None, index=verdict.index, dtype=object)
    if town.area_unknown.any():
        other = _verdict(town, give_out(town, town.owed, unlimited=True).shares, least)
        doubt[other != verdict] = "facility_area_unknown"
    return doubt


def _reason(
    terms: pd.DataFrame, verdict: pd.Series, doubt: pd.Series, snapped: pd.Series | None
) -> pd.Series:
    verdict, reason = verdict.reindex(terms.index), doubt.reindex(terms.index)
    if snapped is not None:
        sure = verdict.eq("met") & reason.isna()  # by what is reserved for it, wherever it lies
        reason[~snapped.astype(bool) & ~sure] = "unsnapped"
    unknown = terms["reason"].notna()
    reason[unknown] = terms.loc[unknown, "reason"]
    return none_for_missing(reason.where(terms["asked"].astype(bool)))


def _amounts(terms: pd.DataFrame, town: Town, shares: pd.DataFrame) -> dict[str, pd.Series]:
    received = _units(shares, "residence", town.residences)
    walked = _units(shares[shares["part"] == "open"], "residence", town.residences)
    walkable = walkable_sites(town)
    amounts = {
        "circle_m2": to_m2(received),
        "reserved_m2": to_m2(received - walked),
        "circle_shortage_m2": to_m2(terms["requirement_units"].astype("Int64") - received),
        "reachable_facilities": walkable["reachable_facilities"],
        "reachable_m2": to_m2(walkable["reachable_units"]),
    }
    return {name: column.reindex(terms.index) for name, column in amounts.items()}


def _unknown_facilities(town: Town, wanted: pd.Series) -> pd.Series:
    """Name the sites of unknown area: those that a residence reaches, else all it hangs on."""
    served = np.flatnonzero(town.serves >= 0)
    ends = pd.concat(
        [
            town.links[["residence", "site"]],
            pd.DataFrame({"residence": town.serves[served], "site": served}),
        ]
    )
    ends = ends[town.area_unknown[ends["site"]]].sort_values("site").drop_duplicates()
    near = ends["site"].map(pd.Series(town.sites)).groupby(ends["residence"]).agg(";".join)
    of_residence, of_site = components(town)
    far = pd.Series(town.sites[town.area_unknown], dtype=object)
    far = far.groupby(of_site[town.area_unknown]).agg(";".join)
    named = near.reindex(range(len(town.residences))).astype(object)
    named = named.where(named.notna(), pd.Series(of_residence).map(far))
    return none_for_missing(named.set_axis(town.residences).reindex(wanted.index).where(wanted))


def _flags(terms: pd.DataFrame, town: Town) -> pd.Series:
    number, _ = components(town)
    component = pd.Series(number, index=town.residences).reindex(terms.index)
    return joined_flags(
        {
            f"component_has_unknown_{what}": component.isin(
                component[terms["reason"] == f"{what}_unknown"]
            )
            for what in ("households", "status")
        }
    )


def _facility_amounts(counted: pd.DataFrame, town: Town, shares: pd.DataFrame) -> pd.DataFrame:
    given = shares[shares["part"] != "built"]
    sums = {
        "allocated_m2": _units(given, "giver", town.sites),
        "reserved_m2": _units(given[given["part"] == "held"], "giver", town.sites),
    }
    units = pd.DataFrame(sums).reindex(counted.index, fill_value=0)
    units["idle_m2"] = counted["counted_units"].astype("Int64") - units["allocated_m2"]
    return units.apply(to_m2)


def _link_amounts(links: pd.DataFrame, shares: pd.DataFrame) -> pd.DataFrame:
    units = _units(shares[shares["part"] == "open"], "row", pd.RangeIndex(len(links)))
    return pd.DataFrame({"allocated_m2": to_m2(units.set_axis(links.index))})
