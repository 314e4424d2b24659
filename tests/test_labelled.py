import pandas as pd

from lifecircle.write.labelled import labelled_table, readable_numbers, spreadsheet_safe


def test_headers_codes_and_flags_are_words() -> None:
    table = pd.DataFrame(
        {
            "verdict": ["short"],
            "reason": [None],
            "flags": ["gates_unknown;outside_zones:street"],
            "snapped": [True],
        },
        index=pd.Index(["R1"], name="residence_id"),
    )
    row = labelled_table(table, "residences", "zh").iloc[0]
    assert row["小区编号"] == "R1"
    assert row["判定结果"] == "不足"
    assert row["是否接入路网"] == "是"
    assert row["提示"] == "出入口不详，按外轮廓最近道路计;位于区划之外（街道）"


def test_a_code_without_a_word_stays() -> None:
    table = pd.DataFrame({"flags": ["new_code"], "my_column": ["x"]})
    labelled = labelled_table(table, "residences", "en")
    assert labelled.to_dict("list") == {"flags": ["new_code"], "my_column": ["x"]}


def test_remedies_come_in_the_language_of_the_study() -> None:
    quality = pd.DataFrame(
        {"reason": ["id_made"], "found": ["3 rows"], "remedy": ["give every row an id of its own"]}
    )
    told = labelled_table(quality, "quality", "zh").loc[0].tolist()
    assert told == ["编号由行号生成", "3 行", "补填唯一编号"]


def test_whole_numbers_have_no_decimals_and_gaps_stay() -> None:
    table = pd.DataFrame({"households": [288.0, float("nan")], "share": [0.12345, 1.0]})
    readable = readable_numbers(table)
    assert readable.to_csv(index=False) == "households,share\n288,0.123\n,1.0\n"


def test_text_that_a_spreadsheet_would_run_is_quoted_and_numbers_are_not() -> None:
    table = pd.DataFrame({"name": ["=1+1", "+86", "-", "@a", "院"], "value": [-1, -2, 3, 4, 5]})
    safe = spreadsheet_safe(table)
    assert safe["name"].tolist() == ["'=1+1", "'+86", "'-", "'@a", "院"]
    assert safe["value"].tolist() == [-1, -2, 3, 4, 5]
