"""What an assessment would refuse or remark before anybody walks: for checking inputs."""

from collections.abc import Iterator

import pandas as pd

from lifecircle.assessment.bordering import border_remarks, border_table
from lifecircle.assessment.choosing import taking_part
from lifecircle.assessment.dating import inputs_then
from lifecircle.assessment.walking import place_everything
from lifecircle.read.quality import Remark, quality_table
from lifecircle.read.study_inputs import StudyInputs
from lifecircle.study import Study
from lifecircle.supply.results import is_snapped, require_streets
from lifecircle.tables import some
from lifecircle.walk.backdrop import street_table
from lifecircle.walk.network import WalkNetwork
from lifecircle.walk.places import Places, chosen_places, cut_off

__all__ = ["cut_off_remarks", "rehearse", "unsnapped_remarks"]


def rehearse(inputs: StudyInputs, study: Study) -> pd.DataFrame:
    """
    Choose what takes part and put it on the streets, as an assessment does first.

    Parameters
    ----------
    inputs
        Streets and tables.
    study
        The settings.

    Returns
    -------
    quality
        What the study's years change and rest on, what is too far from any street, and which
        inputs end at the border, as `quality_table` gives it.

    Raises
    ------
    TableError
        For everything that breaks the tables' contracts; if nothing is left to assess.
    NetworkError
        If no street may be walked on, or all places are far from them.
    CrsError
        If the tables and the streets are in different systems.
    """
    dated = inputs_then(inputs, study)
    part = taking_part(dated.inputs, study)
    if inputs.streets is None:
        return dated.quality
    network, people, there = place_everything(inputs.streets, part.homes, part.goals, study)
    here = people.residences
    require_streets(here, there, snap_limit_m=study.walk.snap_limit_m)
    homes = part.homes.loc[part.inside]
    goals = part.goals[part.near.facilities.loc[part.goals.index, "inside"]]
    remarks = [
        remark
        for name, table, places in (("residences", homes, here), ("facilities", goals, there))
        for remark in unsnapped_remarks(
            name,
            table[~is_snapped(places).reindex(table.index)],
            barred=places.ids[places.barred],
        )
    ]
    for name, table, places in (("residences", homes, here), ("facilities", goals, there)):
        remarks += cut_off_remarks(name, chosen_places(places, table.index), network)
    border = border_table(part, inputs.residences, street_table(network), study)
    remarks += border_remarks(border, study)
    return pd.concat([dated.quality, quality_table(remarks)], ignore_index=True)


def unsnapped_remarks(name: str, unsnapped: pd.DataFrame, *, barred: pd.Index) -> Iterator[Remark]:
    """
    Remark on places that are too far from any street, or kept from them by barriers.

    Parameters
    ----------
    name
        The input.
    unsnapped
        Its rows that met no street, with their ``name``.
    barred
        Identifiers of those that barriers keep from every street near.

    Yields
    ------
    remark
        One a row.
    """
    for key, called in unsnapped["name"].items():
        reason = "barred" if key in barred else "unsnapped"
        yield Remark(input=name, reason=reason, found=f"{key} {called or ''}".strip())


def cut_off_remarks(name: str, places: Places, network: WalkNetwork) -> Iterator[Remark]:
    """
    Remark on places that stand on streets from which none leads to the longest network.

    Parameters
    ----------
    name
        The input.
    places
        Its places.
    network
        The streets.

    Yields
    ------
    remark
        One for each such piece of street, the longest first.
    """
    table = cut_off(network, places).sort_values(["piece_m", "piece"], ascending=[False, True])
    for _, rows in table.groupby("piece", sort=False):
        found = f"{rows['piece_m'].iloc[0]:,.0f} m: {len(rows)} ({some(rows.index)})"
        yield Remark(input=name, reason="streets_cut_off", found=found)
