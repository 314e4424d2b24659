"""What one map speaks of: the whole study area, or one zone of an atlas."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, get_args

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely

from lifecircle.errors import StudyError
from lifecircle.write.edition import Edition
from lifecircle.write.plan_map.backdrop import study_outline
from lifecircle.write.plan_map.public import edition_of

if TYPE_CHECKING:
    from lifecircle.assessment import Assessment

__all__ = [
    "THEMES",
    "Scene",
    "Theme",
    "atlas_scenes",
    "edition_problems",
    "points_of",
    "real_zones",
    "scene_bounds",
    "whole_scene",
]

Theme = Literal["verdicts", "catchments", "served", "shortage", "facilities", "clusters", "planned"]
THEMES: Final[tuple[Theme, ...]] = get_args(Theme)
# For each theme of zones, the levels that are looked for, the first that there is.
LEVELS: Final[dict[Theme, tuple[str, ...]]] = {
    "served": ("street", "township", "district", "community", "village", "city"),
    "shortage": ("community", "village", "street", "township", "district", "city"),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Scene:
    """
    What one map speaks of.

    Attributes
    ----------
    assessment
        The result of a study.
    theme
        What is shown of it.
    level
        Of the zones that a theme of zones colours; blank for other themes.
    residences, facilities
        Those that it speaks of.
    zone_id
        The zone that a page of an atlas is about; blank for the whole area.
    edition
        Who it is for; the tables are those of this edition.
    """

    assessment: "Assessment"
    theme: Theme
    level: str
    residences: gpd.GeoDataFrame
    facilities: gpd.GeoDataFrame
    zone_id: str = ""
    edition: Edition = "internal"

    @property
    def zone(self) -> shapely.Geometry | None:  # numpydoc ignore=RT01
        """Return the outline of the zone that it is about."""
        return self.assessment.zones.geometry.loc[self.zone_id] if self.zone_id else None

    @property
    def all_zones(self) -> gpd.GeoDataFrame:  # numpydoc ignore=RT01
        """Return the zones that are coloured on all sheets, which share their classes."""
        zones = real_zones(self.assessment)
        return zones[zones["level"].eq(self.level)]

    @property
    def zones(self) -> gpd.GeoDataFrame:  # numpydoc ignore=RT01
        """Return the zones that are coloured."""
        chosen = self.all_zones
        if not self.zone_id:
            return chosen
        middles = chosen.geometry.representative_point()
        return chosen[shapely.within(middles.to_numpy(), self.zone)]


def whole_scene(
    assessment: "Assessment", theme: Theme, level: str | None, edition: Edition = "internal"
) -> Scene:
    """
    Speak of the whole study area.

    Parameters
    ----------
    assessment
        The result of a study.
    theme
        What is shown of it.
    level
        Of the zones that it colours; chosen if None.
    edition
        ``internal``: everything; ``public``: sums by zone only.

    Returns
    -------
    scene
        With all residences and the facilities that are not closed.

    Raises
    ------
    StudyError
        If the theme needs zones and there are none, or none of the level; or if the theme shows
        what the public is not shown.
    """
    if problems := edition_problems([theme], edition):
        raise StudyError("plan map", problems)
    assessment = edition_of(assessment, edition)
    facilities = assessment.facilities
    return Scene(
        assessment=assessment,
        theme=theme,
        level=_theme_level(assessment, theme, level, below=None),
        residences=assessment.residences,
        facilities=facilities[facilities["status"].ne("closed")],
        edition=edition,
    )


def atlas_scenes(
    assessment: "Assessment",
    theme: Theme,
    atlas_level: str,
    level: str | None,
    edition: Edition = "internal",
) -> list[Scene]:
    """
    Speak of one zone after the other.

    Parameters
    ----------
    assessment
        The result of a study.
    theme
        What is shown.
    atlas_level
        The level that has a page for each zone.
    level
        Of the zones that the theme colours within each; chosen if None.
    edition
        ``internal``: everything; ``public``: sums by zone only.

    Returns
    -------
    scenes
        In the order of the zones, those without a residence left out.

    Raises
    ------
    StudyError
        If there are no zones of the level, or none with a residence; or if the theme shows what
        the public is not shown.
    """
    _check_level(assessment, atlas_level)
    level = _theme_level(assessment, theme, level, below=atlas_level)
    inhabited = assessment.residences[f"{atlas_level}_id"].dropna()
    whole = whole_scene(assessment, theme, level or None, edition)
    assessment = whole.assessment
    zone_ids = assessment.residences[f"{atlas_level}_id"]
    zones = real_zones(assessment)
    scenes = [
        Scene(
            assessment=assessment,
            theme=theme,
            level=level,
            residences=assessment.residences[zone_ids.eq(zone_id)],
            facilities=whole.facilities,
            zone_id=str(zone_id),
            edition=edition,
        )
        for zone_id in zones.index[zones["level"].eq(atlas_level)]
        if inhabited.eq(zone_id).any()
    ]
    if not scenes:
        problem = f"no residence lies in a zone of the level {atlas_level!r}; an atlas has no page."
        raise StudyError("plan map", [problem])
    return scenes


def edition_problems(themes: Sequence[str], edition: Edition) -> list[str]:
    """
    Tell which themes an edition does not show.

    Parameters
    ----------
    themes
        Those that are wanted.
    edition
        Who the maps are for.

    Returns
    -------
    problems
        A sentence for each theme of residences or facilities on a public map.
    """
    return [
        f"a public map shows zones alone, not {theme!r}; choose: {', '.join(LEVELS)}."
        for theme in themes
        if edition == "public" and theme in THEMES and theme not in LEVELS
    ]


def scene_bounds(scene: Scene) -> tuple[float, float, float, float]:
    """
    Find the ground that a map must show.

    Parameters
    ----------
    scene
        What it speaks of.

    Returns
    -------
    bounds
        Left, lower, right and upper end: of the zone, of the coloured zones with residences, or
        of the residences and the facilities that they can reach.
    """
    if scene.zone is not None:
        return _bounds([scene.zone])
    homes = scene.residences.geometry.dropna()
    if scene.level:
        used = scene.zones["residences"].ne(0)  # what is not published may be any number
        return _bounds([*scene.zones.geometry[used], *homes])
    near = scene.facilities[scene.facilities["reached_households"].gt(0)].geometry.dropna()
    outline = study_outline(scene.assessment)
    found = _bounds([*homes, *near])
    # The whole study area, unless it is mostly empty.
    much = shapely.box(*found).area > _FULL_SHARE * shapely.box(*shapely.bounds(outline)).area
    return _bounds([outline, shapely.box(*found)]) if much else found


def points_of(table: gpd.GeoDataFrame) -> npt.NDArray[np.float64]:
    """
    Take one point for each row.

    Parameters
    ----------
    table
        Any geometry.

    Returns
    -------
    points
        A row each: x and y.
    """
    return shapely.get_coordinates(table.geometry.representative_point().to_numpy())


def real_zones(assessment: "Assessment") -> gpd.GeoDataFrame:
    """
    Choose the zones that have an outline.

    Parameters
    ----------
    assessment
        The result of a study.

    Returns
    -------
    zones
        Without the rows for what lies outside of all zones.
    """
    return assessment.zones[assessment.zones.geometry.notna()]


_FULL_SHARE: Final = 0.4


def _bounds(shapes: list[shapely.Geometry]) -> tuple[float, float, float, float]:
    left, low, right, high = shapely.total_bounds(np.array(shapes, dtype=object))
    return (float(left), float(low), float(right), float(high))


def _theme_level(
    assessment: "Assessment", theme: Theme, level: str | None, *, below: str | None
) -> str:
    if theme not in LEVELS:
        return ""
    if level is not None:
        _check_level(assessment, level)
        return level
    there = set(real_zones(assessment)["level"])
    if not there:
        _check_level(assessment, LEVELS[theme][0])
    return next(
        (name for name in LEVELS[theme] if name in there and name not in _not_below(below)),
        below or "",
    )


def _not_below(level: str | None) -> tuple[str, ...]:
    """List a level and those above it."""
    order = ("city", "district", "street", "township", "community", "village")
    return order[: order.index(level) + 1] if level in order else ()


def _check_level(assessment: "Assessment", level: str) -> None:
    there = list(dict.fromkeys(real_zones(assessment)["level"]))
    if not there:
        problem = "this needs zones and the study has none; name their file under [zones] in it."
        raise StudyError("plan map", [problem])
    if level not in there:
        problem = f"the study has no zones of the level {level!r}; it has: {', '.join(there)}."
        raise StudyError("plan map", [problem])
