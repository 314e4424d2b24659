"""The contract tables: which columns they have, what the columns may hold, and the check of it."""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, get_args

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from lifecircle.errors import CrsError, TableError
from lifecircle.units import Quantity

if TYPE_CHECKING:
    import pandera.pandas as pa

__all__ = [
    "ADMIN_LEVELS",
    "AREA_BASES",
    "COUNTY_KINDS",
    "DELIVERED",
    "FACILITY_COLUMNS",
    "FACILITY_KINDS",
    "FACILITY_LABELS",
    "FACILITY_STATUS",
    "FUNCTIONS",
    "GATE_COLUMNS",
    "GATE_DIRECTIONS",
    "OPERATORS",
    "RESIDENCE_COLUMNS",
    "RESIDENCE_STATUS",
    "VERDICTS",
    "ZONE_COLUMNS",
    "AdminLevel",
    "Column",
    "FacilityKind",
    "TableName",
    "Verdict",
    "checked",
    "columns_of",
    "complete",
    "some",
]

Verdict = Literal["met", "short", "unreachable", "no_data", "not_asked"]
VERDICTS: Final = get_args(Verdict)

AdminLevel = Literal["province", "city", "district", "street", "township", "community", "village"]
ADMIN_LEVELS: Final = get_args(AdminLevel)

FacilityKind = Literal[
    "street_centre",
    "township_centre",
    "community_station",
    "day_care",
    "canteen",
    "nursing_home",
    "care_home",
    "rural_mutual_aid",
    "elder_school",
    "nursery",
    "other",
]
FACILITY_KINDS: Final = get_args(FacilityKind)

FUNCTIONS: Final = (
    "full_care",
    "day_care",
    "home_service",
    "meals",
    "guidance",
    "rehabilitation",
    "learning",
    "nursery",
)
FACILITY_STATUS: Final = ("operating", "planned", "closed")
FACILITY_LABELS: Final = ("public_interest", "inclusive", "demonstration", "graded", "high_end")
OPERATORS: Final = ("public", "private", "public_private")
AREA_BASES: Final = ("gross", "usable")
DELIVERED: Final = ("planned", "built", "accepted", "handed_over")
RESIDENCE_STATUS: Final = ("new", "existing")
GATE_DIRECTIONS: Final = ("both", "in", "out")
COUNTY_KINDS: Final = ("county", "county_city", "district")

TableName = Literal["facilities", "residences", "zones", "gates"]
Holds = Literal["text", "word", "words", "number", "flag", "mark", "points"]

_OVERLAP_SHARE: Final = 0.01  # drawn by hand, neighbours overlap by slivers


@dataclass(frozen=True, kw_only=True, slots=True)
class Column:
    """
    What a contract column may hold.

    Attributes
    ----------
    holds
        ``text``; one ``word`` of a list; several ``words`` joined by ``;``; a ``number``;
        a ``flag`` (yes, no or unknown); a ``mark`` (yes or no); ``points`` (MultiPoint or None).
    words
        The words that may stand in it.
    quantity
        What a number counts or measures.
    low, high
        Limits of a number, inclusive.
    needed
        Whether a table without the column is an error.
    filled
        Whether an unknown value is an error.
    """

    holds: Holds = "text"
    words: tuple[str, ...] = ()
    quantity: Quantity | None = None
    low: float = 0.0
    high: float = 0.0
    needed: bool = False
    filled: bool = False


_TEXT: Final = Column()
_FLAG: Final = Column(holds="flag")
_MARK: Final = Column(holds="mark")
_POINTS: Final = Column(holds="points")
_YEAR: Final = Column(holds="number", quantity="year", low=1800, high=2200)


def _area(high: float) -> Column:
    return Column(holds="number", quantity="area", high=high)


def _count(quantity: Quantity, high: float, *, needed: bool = False) -> Column:
    return Column(holds="number", quantity=quantity, high=high, needed=needed)


def _word(words: tuple[str, ...], *, needed: bool = False) -> Column:
    return Column(holds="word", words=words, needed=needed, filled=needed)


def _words(words: tuple[str, ...]) -> Column:
    return Column(holds="words", words=words)


FACILITY_COLUMNS: Final[Mapping[str, Column]] = {
    "name": _TEXT,
    "kind": _word(FACILITY_KINDS, needed=True),
    "functions": _words(FUNCTIONS),
    "entrances": _POINTS,
    "floor_area_m2": _area(10_000_000),
    "land_area_m2": _area(100_000_000),
    "beds": _count("places", 100_000),
    "nursing_beds": _count("places", 100_000),
    "nursery_places": _count("places", 100_000),
    "operator": _word(OPERATORS),
    "status": _word(FACILITY_STATUS),
    "open_year": _YEAR,
    "close_year": _YEAR,
    "floor": Column(holds="number", quantity="storey", low=-20, high=200),
    "area_basis": _word(AREA_BASES),
    "site_id": _TEXT,
    "serves_id": _TEXT,
    "delivered": _word(DELIVERED),
    "labels": _words(FACILITY_LABELS),
    "publish": _MARK,
    "geocoded": _MARK,
}
RESIDENCE_COLUMNS: Final[Mapping[str, Column]] = {
    "name": _TEXT,
    "gates": _POINTS,
    "households": _count("households", 1_000_000, needed=True),
    "population": _count("people", 10_000_000),
    "older_60": _count("people", 10_000_000),
    "older_65": _count("people", 10_000_000),
    "older_80": _count("people", 10_000_000),
    "under_3": _count("people", 10_000_000),
    "status": _word(RESIDENCE_STATUS),
    "year": _YEAR,
    "own_floor_area_m2": _area(10_000_000),
    "own_land_m2": _area(100_000_000),
    "pool_id": _TEXT,
    "priority": Column(holds="number", quantity="weight", low=0.01, high=100),
    "households_estimated": _MARK,
    "geocoded": _MARK,
}
ZONE_COLUMNS: Final[Mapping[str, Column]] = {
    "name": _TEXT,
    "level": _word(ADMIN_LEVELS, needed=True),
    "county_kind": _word(COUNTY_KINDS),
    "urban": _FLAG,
    "resettlement": _FLAG,
    "parent_id": _TEXT,
    "population": _count("people", 2_000_000_000),
    "households": _count("households", 1_000_000_000),
    "older_60": _count("people", 2_000_000_000),
    "older_65": _count("people", 2_000_000_000),
    "under_3": _count("people", 2_000_000_000),
}
GATE_COLUMNS: Final[Mapping[str, Column]] = {
    "name": _TEXT,
    "residence_id": _TEXT,
    "residence_name": _TEXT,
    "hours": _TEXT,
    "direction": _word(GATE_DIRECTIONS),
}
_COLUMNS: Final[Mapping[TableName, Mapping[str, Column]]] = {
    "facilities": FACILITY_COLUMNS,
    "residences": RESIDENCE_COLUMNS,
    "zones": ZONE_COLUMNS,
    "gates": GATE_COLUMNS,
}
_INDEX: Final = {
    "facilities": "facility_id",
    "residences": "residence_id",
    "zones": "zone_id",
    "gates": "gate_id",
}
_SHAPES: Final = {
    "facilities": ("Point",),
    "residences": ("Polygon", "MultiPolygon", "Point"),
    "zones": ("Polygon", "MultiPolygon"),
    "gates": ("Point",),
}


def columns_of(table: TableName) -> Mapping[str, Column]:
    """
    Return the contract of a table.

    Parameters
    ----------
    table
        Which table.

    Returns
    -------
    columns
        For each column what it may hold, in the table's order, without index and geometry.
    """
    return _COLUMNS[table]


def complete(frame: gpd.GeoDataFrame, table: TableName) -> gpd.GeoDataFrame:
    """
    Give a table every column of its contract, in the contract's order and types.

    Parameters
    ----------
    frame
        Some of the contract's columns and a geometry, indexed by the id.
    table
        Which table it is.

    Returns
    -------
    table
        The contract's columns and ``geometry``; ids are text; unknown numbers are NaN, other
        unknowns None; other columns are left out. A facility of unknown status is taken as
        operating. A column that does not hold what it should is kept as it is.

    Examples
    --------
    >>> zones = gpd.GeoDataFrame(
    ...     {"level": ["street"]}, geometry=[shapely.box(0, 0, 9, 9)], index=[7], crs=4547
    ... )
    >>> list(complete(zones, "zones").columns)[:4], complete(zones, "zones").loc["7", "population"]
    (['name', 'level', 'county_kind', 'urban'], np.float64(nan))
    """
    index = pd.Index([_text(key) for key in frame.index], dtype=object, name=_INDEX[table])
    data: dict[str, object] = {
        name: _completed(frame.get(name), column, frame) for name, column in _COLUMNS[table].items()
    }
    geometry = gpd.GeoSeries(frame.geometry.to_numpy(), crs=frame.crs)
    whole = gpd.GeoDataFrame(data, geometry=geometry, crs=frame.crs)
    if table == "facilities":
        whole["status"] = whole["status"].where(whole["status"].notna(), "operating")
    return whole.set_axis(index, axis="index")


def checked(
    frame: gpd.GeoDataFrame,
    table: TableName,
    *,
    source: str | None = None,
    rows: Sequence[str] | None = None,
) -> gpd.GeoDataFrame:
    """
    Return a table completed, or say everything that breaks its contract.

    Parameters
    ----------
    frame
        Some of the contract's columns and a geometry in a metric CRS, indexed by the id.
    table
        Which table it is.
    source
        What the message calls the table; its name if left out.
    rows
        What the message calls each row; its id if left out.

    Returns
    -------
    table
        As `complete` gives it.

    Raises
    ------
    TableError
        If a column is missing, holds something else than its contract says, or ids are blank or
        repeated, or zones of one level overlap.
    CrsError
        If the table has no CRS, or one in degrees.

    Examples
    --------
    >>> homes = gpd.GeoDataFrame(
    ...     {"households": [120, -50]}, geometry=gpd.points_from_xy([0, 9], [0, 9]), crs=4547
    ... )
    >>> checked(homes, "residences")
    Traceback (most recent call last):
    lifecircle.errors.TableError: residences: 1 problem(s)
      - column 'households' must hold numbers from 0 to 1,000,000; found -50 in '1'.
    """
    subject = source or table
    _require_metres(frame, subject)
    missing = [
        f"column '{name}' is missing."
        for name, column in _COLUMNS[table].items()
        if column.needed and name not in frame.columns
    ]
    whole = complete(frame, table)
    names = list(rows) if rows is not None else list(whole.index)
    problems = missing + _contract_problems(whole, table, names, without=missing)
    if table == "zones" and not problems:
        problems = _overlap_problems(whole, names)
    if problems:
        raise TableError(subject, problems)
    return whole


def some(values: Iterable[object], most: int = 5) -> str:
    """
    Name a few of many things, for an error message.

    Parameters
    ----------
    values
        The things; each is shown by its ``repr``.
    most
        How many are named; the rest are counted.

    Returns
    -------
    text
        The first ones, and how many more there are.

    Examples
    --------
    >>> some(["A", "B", "C"], most=2)
    "'A', 'B' and 1 more"
    """
    shown = [repr(value) for value in values]
    if len(shown) <= most:
        return ", ".join(shown)
    return f"{', '.join(shown[:most])} and {len(shown) - most} more"


def _text(value: object) -> str | None:
    unknown = value is None or value is pd.NA or (isinstance(value, float) and math.isnan(value))
    return None if unknown else str(value)


def _completed(values: pd.Series | None, column: Column, frame: gpd.GeoDataFrame) -> object:
    if values is None:
        values = pd.Series([None] * len(frame), dtype=object)
    if column.holds == "points":
        return gpd.GeoSeries(values.to_numpy(dtype=object), crs=frame.crs)
    if column.holds == "number":
        return _numbers(values)
    unknown = values.isna().to_numpy()
    plain = values.to_numpy(dtype=object, copy=True)
    if column.holds == "mark":
        plain[unknown] = False
        return plain.astype(bool)
    plain[unknown] = None
    if column.holds == "text":
        plain = np.array([_text(value) for value in plain], dtype=object)
    return pd.Series(plain, dtype=object)  # a bare array would become pandas' own text type


def _numbers(values: pd.Series) -> object:
    numbers = pd.to_numeric(values, errors="coerce").astype(np.float64)
    lost = numbers.isna() & values.notna()
    return (values if lost.any() else numbers).to_numpy()


def _require_metres(frame: gpd.GeoDataFrame, subject: str) -> None:
    if not isinstance(frame, gpd.GeoDataFrame) or frame.active_geometry_name is None:
        raise TableError(subject, ["the table must be a GeoDataFrame with a geometry column."])
    if frame.crs is None:
        problem = "the geometry has no coordinate system; set it (`.set_crs`) and try again."
        raise CrsError(subject, [problem])
    if not frame.crs.is_projected:
        problem = (
            f"the geometry is in degrees ({frame.crs.name!r}); project it to the study's metric "
            "coordinate system (`lifecircle.datum.study_crs` names a fitting one)."
        )
        raise CrsError(subject, [problem])


def _contract_problems(
    frame: gpd.GeoDataFrame, table: TableName, names: Sequence[object], without: Sequence[str]
) -> list[str]:
    import pandera.pandas as pa  # noqa: PLC0415 - takes 0.4 s, and only checks need it

    flat = pd.DataFrame(frame.reset_index())
    left_out = {name for name in _COLUMNS[table] if f"column '{name}' is missing." in without}
    try:
        _schema(table, left_out).validate(flat, lazy=True)
    except pa.errors.SchemaErrors as faults:
        cases = faults.failure_cases
        return [
            _sentence(str(column), str(check), group, flat, names)
            for (column, check), group in cases.groupby(["column", "check"], sort=False)
        ]
    return []


def _sentence(
    column: str,
    check: str,
    cases: pd.DataFrame,
    flat: pd.DataFrame,
    names: Sequence[object],
    most: int = 5,
) -> str:
    places = sorted(int(place) for place in cases["index"])
    found = [f"{_shown(flat[column].iloc[place])} in {names[place]!r}" for place in places[:most]]
    more = f" and {len(places) - most} more" if len(places) > most else ""
    return f"column '{column}' {check}; found {', '.join(found)}{more}."


def _shown(value: object) -> str:
    if isinstance(value, shapely.Geometry):
        kind = shapely.GeometryType(int(shapely.get_type_id(value))).name.capitalize()
        return f"an empty {kind}" if shapely.is_empty(value) else f"a {kind}"
    return f"{value:,.10g}" if isinstance(value, float) else repr(value)


def _schema(table: TableName, left_out: set[str]) -> "pa.DataFrameSchema":
    import pandera.pandas as pa  # noqa: PLC0415 - takes 0.4 s, and only checks need it

    def holding(test: Callable[[pd.Series], pd.Series], must: str) -> pa.Check:
        return pa.Check(test, error=must, ignore_na=False)

    def named(checks: list[pa.Check]) -> pa.Column:
        return pa.Column(None, checks, nullable=True)

    columns = {
        name: named([holding(test, must) for test, must in _tests(column)])
        for name, column in _COLUMNS[table].items()
        if name not in left_out
    }
    columns[_INDEX[table]] = named([holding(test, must) for test, must in _ID_TESTS])
    columns["geometry"] = named([holding(test, must) for test, must in _shape_tests(table)])
    return pa.DataFrameSchema(columns)


Test = tuple[Callable[[pd.Series], pd.Series], str]


def _tests(column: Column) -> list[Test]:
    tests: list[Test] = []
    if column.filled:
        tests.append((pd.Series.notna, "must not be blank"))
    if column.holds == "number":
        must = f"must hold numbers from {column.low:,.0f} to {column.high:,.0f}"
        if column.quantity == "year":
            must = f"must hold years from {column.low:.0f} to {column.high:.0f}"
        tests.append((lambda values: _is_within(values, column), must))
    elif column.holds in ("word", "words"):
        several = " (several joined by ';')" if column.holds == "words" else ""
        must = f"must hold one of {', '.join(column.words)}{several}"
        tests.append((lambda values: _is_known(values, column), must))
    elif column.holds == "flag":
        tests.append(
            (lambda values: values.isna() | values.isin([True, False]), "must hold yes/no")
        )
    elif column.holds == "points":
        tests.append((_is_points, "must hold MultiPoints or nothing"))
    return tests


def _is_within(values: pd.Series, column: Column) -> pd.Series:
    numbers = pd.to_numeric(values, errors="coerce")
    return values.isna() | numbers.between(column.low, column.high)


def _is_known(values: pd.Series, column: Column) -> pd.Series:
    if column.holds == "word":
        return values.isna() | values.isin(column.words)
    known = {*column.words, ""}
    return values.isna() | values.map(lambda text: set(str(text).split(";")) <= known)


def _is_points(values: pd.Series) -> pd.Series:
    kinds = shapely.get_type_id(values.to_numpy(dtype=object))
    return pd.Series(np.isin(kinds, (-1, shapely.GeometryType.MULTIPOINT)), index=values.index)


def _is_given(ids: pd.Series) -> pd.Series:
    return ids.notna() & (ids.fillna("").astype(str).str.strip() != "")


_ID_TESTS: Final[list[Test]] = [
    (_is_given, "must not be blank"),
    (lambda ids: ~ids.duplicated(keep=False) | ids.isna(), "must not repeat an identifier"),
]


def _shape_tests(table: TableName) -> list[Test]:
    types = _SHAPES[table]

    def fits(shapes: pd.Series) -> pd.Series:
        geometry = shapes.to_numpy(dtype=object)
        ids = [getattr(shapely.GeometryType, name.upper()) for name in types]
        is_kind = np.isin(shapely.get_type_id(geometry), ids)
        return pd.Series(is_kind & ~shapely.is_empty(geometry), index=shapes.index)

    def finite(shapes: pd.Series) -> pd.Series:
        bounds = shapely.bounds(shapes.to_numpy(dtype=object))
        blank = shapes.isna().to_numpy() | shapely.is_empty(shapes.to_numpy(dtype=object))
        return pd.Series(np.isfinite(bounds).all(axis=1) | blank, index=shapes.index)

    def valid(shapes: pd.Series) -> pd.Series:
        geometry = shapes.to_numpy(dtype=object)
        return pd.Series(shapely.is_valid(geometry) | shapes.isna().to_numpy(), index=shapes.index)

    return [
        (fits, f"must hold {' or '.join(types)}"),
        (finite, "must hold finite coordinates"),
        (
            valid,
            "must hold outlines that do not cross themselves (`shapely.make_valid` mends them)",
        ),
    ]


def _overlap_problems(zones: gpd.GeoDataFrame, names: Sequence[object]) -> list[str]:
    shapes = zones.geometry.to_numpy()
    one, two = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    levels = zones["level"].to_numpy()
    once = (one < two) & (levels[one] == levels[two])
    one, two = one[once], two[once]
    shared = shapely.area(shapely.intersection(shapes[one], shapes[two]))
    smaller = np.minimum(shapely.area(shapes[one]), shapely.area(shapes[two]))
    large = shared > _OVERLAP_SHARE * smaller
    pairs = [(names[a], names[b]) for a, b in zip(one[large], two[large], strict=True)]
    if not pairs:
        return []
    return [f"zones of one level must not overlap; these do: {some(pairs)}."]
