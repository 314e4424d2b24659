"""What would put each shortage right: the least floor area, and where one facility would do."""

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from lifecircle.standards.model import Standard
from lifecircle.study import Study
from lifecircle.supply.cluster_table import cluster_names
from lifecircle.supply.radius import links_within
from lifecircle.supply.remedies import ALL_MET, HELPS, WITH_OTHERS, SiteReach, lacking, single_sites
from lifecircle.supply.results import Judged, Walked
from lifecircle.walk.sites import CELL_M, Sites, draw_sites, reached_sites

__all__ = ["remedied"]


def remedied(
    clusters: pd.DataFrame,
    walked: Walked,
    judged: Judged,
    homes: gpd.GeoDataFrame,
    *,
    area: shapely.Geometry | None,
    standard: Standard,
    study: Study,
) -> tuple[pd.DataFrame, gpd.GeoDataFrame]:
    """
    Say what it would take to put shortage clusters right.

    Parameters
    ----------
    clusters
        Some of the clusters of `judged`.
    walked
        The streets and who lives where on them.
    judged
        The sharing under the standard.
    homes
        The residences that took part.
    area
        The study area; what lies outside is no place for a facility.
    standard
        Its rules may let people walk less far than the study.
    study
        How far people walk, and how far from the street a facility may stand.

    Returns
    -------
    clusters
        With ``least_m2``, the least to add, and ``single_site``: whether there is a point where
        one new facility would meet everyone in the cluster.
    remedy_areas
        One row for each cluster and ``kind`` of area that is not empty:

        - ``all_met``: `least_m2` at any point of it, and everyone in the cluster is met.
        - ``with_others``: so they are with more than that, for others who lack share in it.
        - ``helps``: wherever someone of the cluster can walk to, both of the former included.
    """
    names = cluster_names(judged.circle.given.clusters, judged.circle.clusters)
    sites, reach = _reached(walked, judged, homes, area=area, standard=standard, study=study)
    found = single_sites(judged.circle.town, judged.circle.given, reach)
    found["cluster_id"] = names[found["cluster"].to_numpy(dtype=np.int64)]
    places = {key: rows.to_numpy() for key, rows in found.groupby(["cluster_id", "kind"])["point"]}
    rows = []
    for cluster_id in clusters.index:
        of_kind = {kind: places.get((cluster_id, kind)) for kind in (ALL_MET, WITH_OTHERS, HELPS)}
        some = [points for points in of_kind.values() if points is not None]
        of_kind[HELPS] = np.concatenate(some) if some else None
        rows += [
            (cluster_id, kind, draw_sites(sites, points))
            for kind, points in of_kind.items()
            if points is not None
        ]
    areas = pd.DataFrame(rows, columns=["cluster_id", "kind", "geometry"])
    enough = areas.loc[areas["kind"] != HELPS, "cluster_id"]
    return (
        clusters.assign(least_m2=clusters["shortage_m2"], single_site=clusters.index.isin(enough)),
        gpd.GeoDataFrame(areas, geometry="geometry", crs=walked.network.crs),
    )


def _reached(
    walked: Walked,
    judged: Judged,
    homes: gpd.GeoDataFrame,
    *,
    area: shapely.Geometry | None,
    standard: Standard,
    study: Study,
) -> tuple[Sites, SiteReach]:
    """Walk from all who lack something to every point that someone of a cluster reaches."""
    town, given = judged.circle.town, judged.circle.given
    short = lacking(town, given)
    member = given.clusters.of_residence >= 0
    around, others = np.flatnonzero(member), np.flatnonzero(short & ~member)
    sites = reached_sites(
        walked.network,
        walked.residences,
        town.residences[around],
        town.residences[others],
        limit_mm=study.walk.limit_mm,
        off_street_m=study.walk.off_street_m,
        area=area,
    )
    home = np.concatenate([around, others])[sites.residence]
    kept = _within_rules(sites, town.residences, home, judged, homes, standard, study)
    return sites, SiteReach(home[kept], sites.point[kept])


def _within_rules(
    sites: Sites,
    residences: pd.Index,
    home: np.ndarray,
    judged: Judged,
    homes: gpd.GeoDataFrame,
    standard: Standard,
    study: Study,
) -> np.ndarray:
    """Keep the pairs that the rule of their residence lets count."""
    rules = standard.floor_area_rules
    if all(rule.arguments.max_walk_m is None for rule in rules):
        return np.arange(len(home))
    points = gpd.GeoDataFrame(geometry=gpd.points_from_xy(*(sites.cells * CELL_M).T))
    pairs = pd.DataFrame(
        {
            "residence_id": residences[home],
            "facility_id": sites.point,
            "walk_mm": sites.walk_mm,
        }
    )
    kept = links_within(
        pairs,
        judged.terms["rule_id"],
        rules,
        homes=homes,
        goals=points,
        limit_mm=study.walk.limit_mm,
    )
    return kept.index.to_numpy()
