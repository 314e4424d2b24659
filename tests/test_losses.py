"""What is lost of the inputs: each line of the reconciliation adds up, and losses are accepted."""

import json
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import CRS, Transformer

from lifecircle import cli
from lifecircle.errors import StudyError
from lifecircle.read.inputs import read_residences
from lifecircle.read.losses import LOSS_STEPS, check_accepted
from lifecircle.read.quality import reasons
from test_bad_input import result_table, study_folder

CRS_HERE = CRS("EPSG:4547")
# The cells of one row, and the step at which it is left behind.
WRITTEN = {
    "good": ("114.29,30.59", None),
    "no number": ("east,30.59", "parsed"),
    "nowhere": ("0,0", "parsed"),
    "beyond the pole": ("114.29,99", "parsed"),
    "blank": (",", "placed"),
    "in Beijing": ("116.4,39.9", "placed"),
}


class Ended(NamedTuple):
    code: int
    err: str


Run = Callable[..., Ended]
Row = tuple[str, int | None]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run the study that loses three of six rows, each for its own reason."""
    study = study_folder("b08_no_place", tmp_path) / "study.toml"

    def command(*options: str) -> Ended:
        monkeypatch.setattr(sys, "argv", ["lifecircle", "run", str(study), *options])
        try:
            cli.main()
            code = 0
        except SystemExit as stop:
            code = int(stop.code or 0)
        return Ended(code, capsys.readouterr().err)

    return command


def extent_here() -> tuple[float, float, float, float]:
    x, y = Transformer.from_crs(4326, CRS_HERE, always_xy=True).transform(114.29, 30.59)
    return x - 1000, y - 1000, x + 1000, y + 1000


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(sorted(WRITTEN)), st.none() | st.integers(0, 5000)), max_size=12
    )
)
def test_every_row_is_lost_at_one_step_or_kept(rows: list[Row]) -> None:
    rows = [("good", 10), *rows]
    lines = [
        f"R{place},{WRITTEN[kind][0]},{'' if homes is None else homes}\n"
        for place, (kind, homes) in enumerate(rows)
    ]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "residences.csv"
        path.write_text("编号,经度,纬度,户数\n" + "".join(lines), encoding="utf-8")
        found = read_residences(path, crs=CRS_HERE, datum="wgs84", extent=extent_here())
    amounts = {
        "read": amounts_by_hand(rows, (None, "parsed", "placed")),
        "parsed": amounts_by_hand(rows, (None, "placed")),
        "placed": amounts_by_hand(rows, (None,)),
    }
    assert found.amounts == amounts["read"]
    assert found.parsed == amounts["parsed"]
    assert len(found.table) == amounts["placed"]["rows"]
    assert found.table["households"].sum() == amounts["placed"]["households"]
    steps = found.lost["reason"].map(LOSS_STEPS)
    for step, before in (("parsed", "read"), ("placed", "parsed")):
        lost = found.lost[steps == step]
        assert amounts[before]["rows"] - len(lost) == amounts[step]["rows"]
        left = amounts[before]["households"] - lost["households"].sum()
        assert left == amounts[step]["households"]


def amounts_by_hand(rows: list[Row], steps: tuple[str | None, ...]) -> dict[str, float]:
    kept = [homes or 0 for kind, homes in rows if WRITTEN[kind][1] in steps]
    return {"rows": len(kept), "households": sum(kept)}


def test_every_reason_for_a_lost_row_has_its_step_and_its_words() -> None:
    assert set(LOSS_STEPS) <= set(reasons())
    assert set(LOSS_STEPS.values()) == {"parsed", "placed"}


def test_the_reconciliation_says_what_was_understood_and_what_was_placed(
    run: Run, tmp_path: Path
) -> None:
    assert run("--accept-loss").code == 0
    lines = result_table(tmp_path, "reconciliation")
    homes = lines[lines["input"] == "residences"].set_index("step")
    assert homes.index.tolist() == ["read", "parsed", "placed", "inside", "snapped", "allocated"]
    # One row has coordinates that are none, one has none, one lies far away.
    assert homes["lost_rows"].tolist()[:3] == [0, 1, 2]
    for name in ("rows", "households"):
        came, lost = homes[name], homes[f"lost_{name}"]
        pd.testing.assert_series_equal(
            came.shift().fillna(came) - lost, came, check_names=False, check_exact=True
        )


@pytest.mark.parametrize(
    "kinds",
    [
        ["residences"],
        ["no_coordinates", "coordinates_unusable", "far_away"],
        ["residences", "no_coordinates"],
    ],
)
def test_losses_are_accepted_by_input_or_reason(kinds: list[str], run: Run, tmp_path: Path) -> None:
    options = [word for kind in kinds for word in ("--accept-loss-of", kind)]
    assert run(*options).code == 0
    manifest = json.loads((tmp_path / "result" / "manifest.json").read_text("utf-8"))
    assert manifest["accept_loss"] == sorted(kinds)


def test_what_is_not_accepted_is_told_alone(run: Run, tmp_path: Path) -> None:
    ended = run("--accept-loss-of", "no_coordinates", "--accept-loss-of", "far_away")
    assert ended.code == 2
    assert "1 of 6 rows of the residences are lost" in ended.err
    assert "`--accept-loss-of coordinates_unusable`" in ended.err
    assert "no coordinates;" not in ended.err
    assert not (tmp_path / "result").exists()


def test_losses_of_the_other_input_do_not_help(run: Run) -> None:
    ended = run("--accept-loss-of", "facilities")
    assert ended.code == 2
    assert "3 of 6 rows of the residences are lost" in ended.err


@pytest.mark.parametrize("kind", ["residence", "all", "", "NO_COORDINATES", "kind_unknown"])
def test_a_kind_that_there_is_not_is_told_with_those_that_there_are(kind: str, run: Run) -> None:
    ended = run("--accept-loss-of", kind)
    assert ended.code == 2
    for known in ("residences", "facilities", "no_coordinates (没有坐标)", "far_away"):
        assert known in ended.err


def test_every_unknown_kind_is_told() -> None:
    with pytest.raises(StudyError) as told:
        check_accepted(["residences", "x", "y"])
    assert len(told.value.problems) == 2
