import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lifecircle.errors import TableError
from lifecircle.supply.sharing import fair_share, share_floor_area

IDS = ["001", "1", "A", "B", "小区"]
AMOUNTS = st.dictionaries(st.sampled_from(IDS), st.integers(0, 50), min_size=1)


def links(*pairs: tuple[str, str]) -> pd.DataFrame:
    return pd.DataFrame(pairs, columns=["residence_id", "facility_id"], dtype=object)


def test_the_lowest_id_gets_the_last_unit() -> None:
    pairs = links(("R2", "A"), ("R1", "A"))
    shares = share_floor_area(pd.Series({"A": 51}), pd.Series({"R2": 40, "R1": 40}), pairs)
    assert shares.tolist() == [25, 26]


def test_the_calculation_in_the_readme() -> None:
    # 甲 (A) has 200 m², 乙 (B) 500 m²; 一 asks for 400, 二 for 300, 三 for 300 m².
    pairs = links(("一", "甲"), ("二", "甲"), ("二", "乙"), ("三", "乙"))
    asked = pd.Series({"一": 40000, "二": 30000, "三": 30000})
    share = fair_share(pd.Series({"甲": 20000, "乙": 50000}), asked, pairs)
    assert share.units.tolist() == [20000, 0, 25000, 25000]
    lack = share.clusters.requirement - share.clusters.capacity
    assert lack.tolist() == [20000, 30000]


def test_result_stands_on_the_index_of_the_links() -> None:
    pairs = links(("R1", "A")).set_axis(["x"])
    shares = share_floor_area(pd.Series({"A": 5}), pd.Series({"R1": 4}), pairs)
    assert shares.to_dict() == {"x": 4}


def test_every_fault_of_the_links_is_told() -> None:
    pairs = links(("R1", "A"), ("R1", "A"), ("R9", "A"), ("R1", "Z"))
    with pytest.raises(TableError) as error:
        share_floor_area(pd.Series({"A": 5}), pd.Series({"R1": 4}), pairs)
    assert error.value.problems == (
        "'facility_id' names nothing known: 'Z'.",
        "'residence_id' names nothing known: 'R9'.",
        "each link stands once; look at 'R1 - A'.",
    )


@settings(deadline=None)
@given(AMOUNTS, AMOUNTS, st.data())
def test_order_of_all_tables_does_not_matter(
    capacity: dict[str, int], requirement: dict[str, int], data: st.DataObject
) -> None:
    pairs = data.draw(
        st.lists(
            st.tuples(st.sampled_from(sorted(requirement)), st.sampled_from(sorted(capacity))),
            unique=True,
        )
    )
    turned = data.draw(st.permutations(pairs))
    facilities, homes = pd.Series(capacity), pd.Series(requirement)
    shares = share_floor_area(facilities, homes, links(*pairs))
    again = share_floor_area(facilities.iloc[::-1], homes.iloc[::-1], links(*turned))
    assert dict(zip(pairs, shares, strict=True)) == dict(zip(turned, again, strict=True))
