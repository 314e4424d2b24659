"""The step that looks at the border: which inputs end there, and whose verdict that leaves open."""

from collections.abc import Iterator
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd

from lifecircle.assessment.choosing import TakingPart
from lifecircle.read.quality import Remark
from lifecircle.study import Study
from lifecircle.supply.border_doubt import Touched, open_verdicts
from lifecircle.supply.results import Judged
from lifecircle.supply.rim import RIM_COLUMNS, border_ends, rim_near, touching

__all__ = ["border_remarks", "border_table"]


_COUNTS: Final = ("near_households", "near_share", "bound_households", "bound_share")


def border_table(
    part: TakingPart,
    listed: gpd.GeoDataFrame,
    streets: gpd.GeoDataFrame,
    study: Study,
    *,
    found: tuple[Judged, pd.DataFrame] | None = None,
) -> pd.DataFrame:
    """
    Tell which inputs end at the border, and how many verdicts hang on that.

    Parameters
    ----------
    part
        What takes part.
    listed
        All residences that were read.
    streets
        Lines.
    study
        How people walk.
    found
        The verdicts, and who walks to what; None before there are any.

    Returns
    -------
    border
        As `supply.rim.border_ends` gives it and, of the inputs that end, ``near_households``
        and ``bound_households`` (see `supply.border_doubt`), and their shares of all households
        that are known; NaN of the others. No row without a study area or without streets.
    """
    columns = [*RIM_COLUMNS, *_COUNTS]
    if part.area is None or streets.empty:
        return pd.DataFrame(columns=columns, index=pd.Index([], name="input", dtype=object))
    homes = part.homes.loc[part.inside]
    border_m = study.reach_m
    goals = part.goals[part.near.facilities.loc[part.goals.index, "inside"]]
    places = pd.concat([homes.geometry, goals.geometry])
    rim = rim_near(part.area, places, border_m=border_m)
    ends, closed = border_ends(
        rim, part.area,
        streets=streets.geometry, facilities=part.facilities.geometry, residences=listed.geometry,
    )  # fmt: skip
    table = ends.assign(**dict.fromkeys(_COUNTS, np.nan))
    if found is None:
        return table
    households = homes["households"].fillna(0)
    for name in table.index[table["ends"]]:
        touched = Touched(
            *(
                touching(places.geometry, closed[name], border_m=border_m)
                for places in (part.homes, part.goals)
            )
        )
        sums = [
            float(households[could_change.loc[homes.index]].sum())
            for could_change in open_verdicts(name, *found, touched)
        ]
        shares = [found / households.sum() if households.sum() else np.nan for found in sums]
        table.loc[name, list(_COUNTS)] = [sums[0], shares[0], sums[1], shares[1]]
    return table


def border_remarks(border: pd.DataFrame, study: Study) -> Iterator[Remark]:
    """
    Warn of the inputs that end at the border.

    Parameters
    ----------
    border
        As `border_table` gives it.
    study
        Whose files they are.

    Yields
    ------
    remark
        One an input.
    """
    files = {"facilities": study.facilities.file, "residences": study.residences.file}
    if study.streets is not None:
        files["streets"] = study.streets.file
    for name, row in border[border["ends"].astype(bool)].iterrows():
        found = f"beyond {row['beyond_share']:.0%} of {row['rim_m'] / 1000:,.1f} km"
        if pd.notna(row["bound_households"]):
            found += f"; {_households(row, 'near')}, {_households(row, 'bound')}"
        yield Remark(
            input=files[str(name)].name, field="geometry", reason=f"{name}_end_at_border",
            found=found,
        )  # fmt: skip


def _households(row: pd.Series, which: str) -> str:
    word = {"near": "households near", "bound": "at most"}[which]
    share = row[f"{which}_share"]
    told = "" if pd.isna(share) else f" ({share:.1%})"
    return f"{word} {row[f'{which}_households']:,.0f}{told}"
