"""People by zone, told twice: by residences, and by the cells of a raster."""

from collections.abc import Hashable, Mapping, Sequence
from typing import Final

import pandas as pd

from lifecircle.supply.gaps import WHOLE_AREA
from lifecircle.tables import ADMIN_LEVELS

__all__ = ["PEOPLE_OF_ZONES", "PEOPLE_SUMS", "people_table", "with_people_of_zones"]

# What the table of zones and the totals tell of the population.
PEOPLE_OF_ZONES: Final[Mapping[str, str]] = {
    "people_raster": "people_raster",
    "people_unassigned": "people_unassigned",
    "served_people_raster": "served_raster",
    "served_people": "served_in_residences",
}
PEOPLE_SUMS: Final = (
    "people_in_residences",
    "people_raster",
    "people_assigned",
    "people_unassigned",
    "served_in_residences",
    "served_raster",
    "difference",
    "from_unassigned",
    "from_ground",
    "from_given",
)


def people_table(
    ground: pd.DataFrame,
    within: pd.DataFrame,
    residences: pd.DataFrame,
    zones: pd.DataFrame,
) -> pd.DataFrame:
    """
    Count people and those served in each zone, by residences and by the raster, and reconcile both.

    Parameters
    ----------
    ground
        The parts of the ground and the people on each, one column a group: see
        `lifecircle.supply.ground.ground_table`.
    within
        On its index, the same columns: those of them within the catchment.
    residences
        The assessed residences of the area, with the groups, ``snapped``,
        ``reachable_facilities``, ``served_share`` where walks begin in their homes, and the zone
        ids.
    zones
        Indexed by ``zone_id``, with ``level`` and ``name``; empty if there are none.

    Returns
    -------
    people
        One row for each zone and group, at last the whole area (its ``zone_id`` None, its level
        `WHOLE_AREA`): ``level``, ``zone_id``, ``zone``, ``group``, and

        - ``people_in_residences``: what the residences are taken to have, as far as known.
        - ``people_raster``: by the raster, of it ``people_assigned`` on the ground of residences
          and ``people_unassigned`` between them, which are ``unassigned_share`` of it (NaN where
          it has nobody). A residence counts whole in its zone.
        - ``served_in_residences``: in residences that reach floor area on foot (or the share of
          their homes that does); ``served_raster``: within the catchment, cell by cell.
        - ``difference``: the second less the first, which is the sum of ``from_unassigned``
          (served between the residences), ``from_ground`` (a residence is served whole or not,
          its ground may lie in the catchment in part) and ``from_given`` (residences whose own
          number is another than the raster's).

    Examples
    --------
    >>> ground = pd.DataFrame(
    ...     {"residence_id": ["R1", None], "street_id": "Z1", "population": [80.0, 20.0]}
    ... )
    >>> within = pd.DataFrame({"population": [60.0, 5.0]})
    >>> residences = pd.DataFrame(
    ...     {"population": 100.0, "snapped": True, "reachable_facilities": 1, "street_id": "Z1"},
    ...     index=["R1"],
    ... )
    >>> zones = pd.DataFrame({"level": ["street"], "name": ["东街"]}, index=["Z1"])
    >>> row = people_table(ground, within, residences, zones).iloc[0]
    >>> row["served_in_residences"], row["served_raster"], row["difference"]
    (np.float64(100.0), np.float64(65.0), np.float64(-35.0))
    >>> row["from_unassigned"], row["from_ground"], row["from_given"]
    (np.float64(5.0), np.float64(-20.0), np.float64(-20.0))
    >>> row["unassigned_share"]
    np.float64(0.2)
    """
    rows: list[pd.DataFrame] = []
    for group in within.columns:
        parts = _parts(ground, within, residences, str(group))
        for level in [one for one in ADMIN_LEVELS if one in set(zones["level"])]:
            outside = f"outside_zones:{level}"
            key = parts[f"{level}_id"].fillna(outside)
            here = [zone for zone in zones.index[zones["level"] == level] if zone != outside]
            order = [*here, *([outside] if key.eq(outside).any() else [])]
            sums = parts[[*PEOPLE_SUMS]].groupby(key).sum().reindex(order, fill_value=0.0)
            rows.append(_named(sums, zones, level, str(group)))
        whole = parts[[*PEOPLE_SUMS]].sum().to_frame().T.set_axis([None], axis="index")
        rows.append(_named(whole, zones, WHOLE_AREA, str(group)))
    return pd.concat(rows, ignore_index=True)


def with_people_of_zones(zones: pd.DataFrame, people: pd.DataFrame) -> dict[str, pd.Series]:
    """
    Choose what the table of zones tells of the population.

    Parameters
    ----------
    zones
        Indexed by ``zone_id``, with a row for what lies outside.
    people
        As `people_table` gives it.

    Returns
    -------
    columns
        To be added to `zones`; 0 where nobody lives.
    """
    counted = people[people["group"].eq("population") & people["zone_id"].notna()]
    of_zone = counted.set_index("zone_id")
    return {
        name: of_zone[column].reindex(zones.index, fill_value=0.0)
        for name, column in PEOPLE_OF_ZONES.items()
    }


def _parts(
    ground: pd.DataFrame, within: pd.DataFrame, residences: pd.DataFrame, group: str
) -> pd.DataFrame:
    """Set out residences and the ground between them, one row each, with what they add to sums."""
    ids = [f"{level}_id" for level in ADMIN_LEVELS if f"{level}_id" in ground]
    table = ground[["residence_id", *ids]].assign(raster=ground[group], near=within[group])
    homes = table.dropna(subset="residence_id").set_index("residence_id")
    near = homes[["raster", "near"]].reindex(residences.index).fillna(0.0)
    served = residences.get("served_share", residences["reachable_facilities"].gt(0).astype(float))
    share = served.fillna(0.0).where(residences["snapped"].astype(bool), 0.0)
    given = residences[group].astype(float).fillna(0.0)
    inside = residences[[name for name in ids if name in residences]].assign(
        people_in_residences=given,
        people_assigned=near["raster"],
        people_unassigned=0.0,
        served_in_residences=given * share,
        served_raster=near["near"],
        from_unassigned=0.0,
        from_ground=near["near"] - near["raster"] * share,
        from_given=(near["raster"] - given) * share,
    )
    between = table[table["residence_id"].isna()]
    nothing = between[ids].assign(**dict.fromkeys(PEOPLE_SUMS, 0.0))
    outside = nothing.assign(
        people_unassigned=between["raster"],
        served_raster=between["near"],
        from_unassigned=between["near"],
    )
    both = pd.concat([pd.DataFrame(inside), outside], ignore_index=True)
    return both.assign(
        people_raster=both["people_assigned"] + both["people_unassigned"],
        difference=both["served_raster"] - both["served_in_residences"],
    )


def _named(sums: pd.DataFrame, zones: pd.DataFrame, level: str, group: str) -> pd.DataFrame:
    names: Sequence[Hashable] = [_name(zones, zone) for zone in sums.index]
    first = pd.DataFrame(
        {"level": level, "zone_id": list(sums.index), "zone": names, "group": group},
        index=sums.index,
        dtype=object,
    )
    everybody = sums["people_raster"]
    share = sums["people_unassigned"] / everybody.where(everybody > 0)
    return pd.concat([first, sums.assign(unassigned_share=share)], axis=1)


def _name(zones: pd.DataFrame, zone: Hashable) -> Hashable:
    known = zones["name"].get(zone) if zone is not None else None
    return known if isinstance(known, str) and known else zone
