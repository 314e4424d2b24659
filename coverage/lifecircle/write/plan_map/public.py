"""What of a result may stand on a public sheet."""

from dataclasses import replace
from typing import TYPE_CHECKING

from lifecircle.write.edition import Edition
from lifecircle.write.web_edition import shown_tables

if TYPE_CHECKING:
    from lifecircle.assessment import Assessment

__all__ = ["edition_of"]


def edition_of(assessment: "Assessment", edition: Edition) -> "Assessment":
    """
    Leave out what an edition does not show.

    Parameters
    ----------
    assessment
        The result of a study.
    edition
        ``internal``: everything. ``public``: zones with the sums that are published, public
        streets, waters, railways and motorways.

    Returns
    -------
    shown
        The same result, without what stays in the office.
    """
    if edition == "internal":
        return assessment
    shown = shown_tables(assessment, edition)
    return replace(
        assessment,
        residences=shown.residences,
        facilities=shown.facilities,
        links=shown.links,
        clusters=shown.clusters,
        remedy_areas=shown.remedy_areas,
        catchments=shown.catchments,
        zones=shown.zones,
        streets=shown.streets,
        barriers=shown.barriers,
    )
