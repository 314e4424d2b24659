"""What was found for each residence and facility, once more from the inputs and the walks."""

from collections import defaultdict
from typing import Final

from lifecircle.verify.published import Found, Published, Row, known, level_mm, text, units

__all__ = ["counted_problems", "residence_problems"]

_MM_PER_M, _S_PER_MIN = 1000, 60
_NOISE: Final = 1e-9
# Where a study asks for no floor area, these kinds count.
_USUAL: Final = ("street_centre", "township_centre", "community_station", "day_care", "canteen",
                 "rural_mutual_aid")  # fmt: skip


def counted_problems(published: Published) -> Found:
    """
    Say again what counts of every facility, why not, what is left of it, and who reaches it.

    Parameters
    ----------
    published
        A result.

    Returns
    -------
    count, problems
        Facilities looked at, and one sentence a breach.
    """
    rows = published.tables["facilities"]
    sites = _sites(rows, _kinds(published))
    reached: dict[str, int] = defaultdict(int)
    households = {row["residence_id"]: units(row["households"]) or 0
                  for row in published.tables["residences"]}  # fmt: skip
    for link in published.tables["links"]:
        reached[link["facility_id"]] += households[link["residence_id"]]
    problems = []
    for row in rows:
        key, (area, reason) = row["facility_id"], sites[row["facility_id"]]
        counted, told = units(row["counted_m2"]), text(row["counted_reason"])
        # What stands for a site may lie outside the area, where it has no row.
        elsewhere = told == "site_counted_once" and text(row["site_id"]) is not None
        if (area, reason) != (counted, told) and not (elsewhere and counted == 0):
            said = "unknown" if area is None else f"{area / 100:.2f}"
            problems.append(f"{key}: {said} m² would count ({reason}).")
        left = None if counted is None else counted - (units(row["allocated_m2"]) or 0)
        if left != units(row["idle_m2"]):
            problems.append(f"{key}: what counts less what is given is not what is left.")
        if not _in_homes(published) and reached[key] != units(row["reached_households"]):
            problems.append(f"{key}: {reached[key] / 100:g} households reach it.")
    return len(rows), problems


def residence_problems(published: Published) -> Found:
    """
    Say again what every residence reaches, what is nearest, and what it lacks on each ledger.

    Parameters
    ----------
    published
        A result.

    Returns
    -------
    count, problems
        Residences looked at, and one sentence a breach.
    """
    sites = _site_areas(published.tables["facilities"])
    walks: dict[str, list[Row]] = defaultdict(list)
    for link in published.tables["links"]:
        walks[link["residence_id"]].append(link)
    limits = {
        rule["id"]: rule["arguments"]["max_walk_m"]
        for rule in published.manifest["standard"]["rules"]
        if "max_walk_m" in rule["arguments"] and rule["arguments"].get("walk") == "network"
    }
    may_count = {
        row["facility_id"]
        for row in published.tables["facilities"]
        if text(row["counted_reason"]) in {None, "area_unknown"} and units(row["counted_m2"]) != 0
    }
    rows, problems = published.tables["residences"], []
    for row in rows:
        mine = [link for link in walks[row["residence_id"]] if link["facility_id"] in sites]
        farthest = limits.get(text(row["rule_id"]))
        if farthest is None:
            problems += _reached(row, mine, sites)
        if not _in_homes(published):
            may = [link for link in mine if link["facility_id"] in may_count]
            problems += _nearest(row, may, published.manifest["settings"]["walk"])
        problems += _lacking(row)
    return len(rows), problems


def _kinds(published: Published) -> tuple[str, ...]:
    rules = published.manifest["standard"]["rules"]
    named = [rule["arguments"]["kinds"] for rule in rules
             if rule["arguments"]["measure"] == "floor_area_per_100_households"]  # fmt: skip
    return tuple(named[0]) if named else _USUAL


def _in_homes(published: Published) -> bool:
    """Say whether walks begin in homes: then the walk of a residence is that of one of many."""
    return any("served_share" in row for row in published.tables["residences"][:1])


def _sites(rows: list[Row], kinds: tuple[str, ...]) -> dict[str, tuple[int | None, str | None]]:
    """Give each facility what counts and why not: of one site the largest area, lowest id."""
    found: dict[str, tuple[int | None, str | None]] = {}
    of_site: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        reason = _reason(row, kinds)
        if reason is None:
            of_site[_site(row)].append(row)
        else:
            found[row["facility_id"]] = 0, reason
    for members in of_site.values():
        areas = {row["facility_id"]: units(row["floor_area_m2"]) for row in members}
        stands = min(areas, key=lambda key: (-1 if areas[key] is None else -(areas[key] or 0) - 2,
                                             key))  # fmt: skip
        for key, area in areas.items():
            found[key] = 0, "site_counted_once"
            if key == stands:
                found[key] = area, "area_unknown" if area is None else None
    return found


def _reason(row: Row, kinds: tuple[str, ...]) -> str | None:
    if row["kind"] not in kinds:
        return "kind"
    if text(row["status"]) not in {None, "operating"}:
        return "not_operating"
    return "basement" if (known(row["floor"]) or 0) < 0 else None


def _site_areas(rows: list[Row]) -> dict[str, tuple[str, int | None]]:
    """Give each facility that may be walked to its site, and what that has; None: unknown."""
    there = (None, "site_counted_once", "area_unknown")
    open_ones = [row for row in rows if text(row["counted_reason"]) in there]
    areas: dict[str, int | None] = {}
    for row in open_ones:
        site, area = _site(row), units(row["counted_m2"])
        if text(row["counted_reason"]) == "area_unknown":
            areas[site] = None
        elif text(row["counted_reason"]) is None:
            areas[site] = area
    return {row["facility_id"]: (_site(row), areas.get(_site(row), 0)) for row in open_ones}


def _site(row: Row) -> str:
    return text(row["site_id"]) or f"alone {row['facility_id']}"


def _reached(row: Row, links: list[Row], sites: dict[str, tuple[str, int | None]]) -> list[str]:
    areas = dict(sites[link["facility_id"]] for link in links)
    count = sum(area is None or area > 0 for area in areas.values())
    whole = sum(area or 0 for area in areas.values())
    if count == row["reachable_facilities"] and whole == units(row["reachable_m2"]):
        return []
    return [f"{row['residence_id']}: it reaches {count} sites with {whole / 100:.2f} m²."]


def _nearest(row: Row, may: list[Row], walk: Row) -> list[str]:
    """Find the nearest facility among the walks within the limit; beyond it there are none."""
    key = row["residence_id"]
    told_m, told_min = known(row["nearest_m"]), known(row["nearest_minutes"])
    if not may:
        if walk["limit_m"] is None and told_min is not None and told_min < walk["minutes"]:
            return [f"{key}: no walk leads to what is said to be nearest."]
        return []
    best = min(may, key=lambda link: (level_mm(link), link["facility_id"]))
    minutes = level_mm(best) / _MM_PER_M / walk["speed_m_s"] / _S_PER_MIN
    if (
        row["nearest_facility_id"] == best["facility_id"]
        and abs((told_m or 0) - best["walk_mm"] / _MM_PER_M) < _NOISE
        and abs((told_min or 0) - minutes) < _NOISE * max(minutes, 1)
    ):
        return []
    return [f"{key}: {best['facility_id']} is nearest, {best['walk_mm']} mm."]


def _lacking(row: Row) -> list[str]:
    """Subtract what a residence has from what it owes; pools make up for each other."""
    key, asked = row["residence_id"], units(row["requirement_m2"])
    problems = []
    for ledger in ("own", "circle"):
        verdict, told = text(row[f"{ledger}_verdict"]), units(row[f"{ledger}_shortage_m2"])
        has = units(row[f"{ledger}_m2"])
        if asked is None or has is None or told is None or verdict == "not_asked":
            continue
        pooled = ledger == "own" and text(row["pool_id"]) is not None
        lacks = max(asked - has, 0)
        if told > lacks if pooled else told != lacks:
            problems.append(f"{key}: it lacks {lacks / 100:.2f} m² ({ledger}).")
    judging, verdict = text(row["ledger"]), text(row["verdict"])
    wanted = units(row[f"{judging}_shortage_m2"]) if judging else 0
    if verdict == "no_data":
        wanted = None
    elif verdict == "not_asked":
        wanted = 0
    if wanted != units(row["shortage_m2"]):
        problems.append(f"{key}: the shortage is not that of its ledger.")
    if (verdict == "no_data") != (text(row["reason"]) is not None):
        problems.append(f"{key}: a reason and a verdict do not go together.")
    return problems
