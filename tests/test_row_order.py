"""The order of the rows in the inputs decides nothing but the order of the rows in the tables."""

from dataclasses import replace

import geopandas as gpd
import pandas as pd
import pytest

from lifecircle.assessment import Assessment, assess
from lifecircle.read.study_inputs import read_study_inputs
from lifecircle.write.edition import Edition, edition_tables, edition_totals

# Where the order of the rows is that of the inputs; all other tables are in one order.
IN_INPUT_ORDER = ("residences", "facilities", "reference")
SORTED = {
    "catchments": ["kind", "facility_id", "minutes"],
    "quality": ["input", "reason", "found", "row"],
}


@pytest.fixture(scope="module")
def shuffled(example: Assessment) -> Assessment:
    inputs = read_study_inputs(example.study, standard=example.standard)
    turned = replace(
        inputs,
        residences=inputs.residences.sample(frac=1, random_state=3),
        facilities=inputs.facilities.sample(frac=1, random_state=4),
    )
    return assess(
        turned, study=example.study, standard=example.standard, plain=example.plain,
        also=example.also,
    )  # fmt: skip


@pytest.mark.parametrize("edition", ["internal", "public"])
def test_every_table_is_the_same_in_another_order_of_the_rows(
    example: Assessment, shuffled: Assessment, edition: Edition
) -> None:
    first, second = (edition_tables(one, edition) for one in (example, shuffled))
    assert [*first] == [*second]
    for name, table in first.items():
        other = second[name]
        if name in IN_INPUT_ORDER:
            other = other.loc[table.index]
        by = SORTED.get(name)
        if by is not None:
            table, other = (one.sort_values(by, ignore_index=True) for one in (table, other))  # noqa: PLW2901 - the same rows
        if "distance_names" in table:  # names come in the order of the rows
            table, other = (  # noqa: PLW2901 - the same rows
                one.assign(distance_names=one["distance_names"].str.split("; ").map(sorted))
                for one in (table, other)
            )
        if isinstance(table, gpd.GeoDataFrame):
            assert table.geometry.to_wkb().equals(other.geometry.to_wkb()), name
        columns = [column for column in table if table[column].dtype != "geometry"]
        pd.testing.assert_frame_equal(
            pd.DataFrame(table[columns]), pd.DataFrame(other[columns]), check_exact=True, obj=name
        )
    totals = (edition_totals(one, edition) for one in (example, shuffled))
    pd.testing.assert_series_equal(*totals, check_exact=True)
