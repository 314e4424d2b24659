"""Residences of a large city as vector tiles inside the page: complete, nameless, and as usable."""

import base64
import re
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pyogrio
import pytest
import shapely

from chromium import PHONE, open_offline
from lifecircle.write.web_archive import LEAST_TILED, TILE_ZOOMS, residence_archive
from lifecircle.write.web_data import map_data
from lifecircle.write.web_map import draw_web_map, write_web_map
from test_web_map import HOSTILE_NAMES, TOUR, click_on, poisoned, spot_of
from web_town import HOSTILE, web_town

if TYPE_CHECKING:
    from playwright.sync_api import Page

ROWS, COLUMNS = 20, 30


@pytest.fixture
def made_blocks() -> gpd.GeoSeries:
    """Lay out 600 squares of about 10 m by 11 m, 100 m apart, around a corner of four tiles."""
    east, north = np.meshgrid(np.arange(COLUMNS) * 1e-3, np.arange(ROWS) * 1e-3)
    west, south = 113.99 + east.ravel(), 29.99 + north.ravel()
    return gpd.GeoSeries(shapely.box(west, south, west + 1e-4, south + 1e-4), crs="EPSG:4326")


def layer_of(archive: bytes, folder: Path, *, zoom: int) -> gpd.GeoDataFrame:
    path = folder / "read.pmtiles"
    path.write_bytes(archive)
    return pyogrio.read_dataframe(path, layer="residences", ZOOM_LEVEL=zoom)


def test_every_residence_is_in_the_tiles_of_every_zoom(
    made_blocks: gpd.GeoSeries, tmp_path: Path
) -> None:
    archive = residence_archive(made_blocks)
    for zoom in range(TILE_ZOOMS[0], TILE_ZOOMS[1] + 1):
        rows = layer_of(archive, tmp_path, zoom=zoom)["row"]
        assert sorted(rows.unique()) == list(range(ROWS * COLUMNS))


def test_nearest_tiles_are_true_to_half_a_step_of_their_grid(
    made_blocks: gpd.GeoSeries, tmp_path: Path
) -> None:
    nearest = layer_of(residence_archive(made_blocks), tmp_path, zoom=TILE_ZOOMS[1])
    drawn = nearest.dissolve("row").to_crs("EPSG:4326").bounds.sort_index()
    # 2 pi 6,378,137 m / 2^14 tiles / 4,096 steps is 0.597 m, 5.4 millionths of a degree.
    apart = np.abs(drawn.to_numpy() - made_blocks.bounds.to_numpy())
    assert apart.max() <= 5.4e-6 / 2 * 1.01


def test_tiles_hold_rows_and_nothing_else(made_blocks: gpd.GeoSeries, tmp_path: Path) -> None:
    archive = residence_archive(made_blocks)
    assert set(layer_of(archive, tmp_path, zoom=14).columns) == {"mvt_id", "row", "geometry"}
    assert archive == residence_archive(made_blocks)  # the same bytes


def test_point_and_missing_place_keep_their_rows(tmp_path: Path) -> None:
    places = gpd.GeoSeries([None, shapely.Point(114, 30), shapely.box(114, 30, 114.001, 30.001)])
    read = layer_of(residence_archive(places), tmp_path, zoom=14)
    kinds = dict(zip(read["row"], read.geom_type, strict=True))
    assert {row: kind.removeprefix("Multi") for row, kind in kinds.items()} == {
        1: "Point",
        2: "Polygon",
    }


def test_small_study_has_outlines_and_no_tiles_and_no_second_library() -> None:
    town = web_town()
    assert LEAST_TILED == 20_000
    assert map_data(town, language="zh")["tiles"] is None
    assert "Protomaps LLC" not in draw_web_map(town, language="zh").get_root().render()


def test_limit_counts_residences_and_facilities(monkeypatch: pytest.MonkeyPatch) -> None:
    town = web_town()  # six residences, three facilities
    for least, tiled in ((9, True), (10, False)):
        monkeypatch.setattr("lifecircle.write.web_data.LEAST_TILED", least)
        data = map_data(town, language="zh")
        assert (data["tiles"] is not None, data["residences"]["shape"] is None) == (tiled, tiled)


@pytest.fixture
def town(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """Return the toy town, to be drawn as if it were a large city."""
    monkeypatch.setattr("lifecircle.write.web_data.LEAST_TILED", 0)
    return web_town()


@pytest.fixture
def map_file(town: SimpleNamespace, tmp_path: Path) -> Path:
    write_web_map(town, tmp_path / "map.html", language="zh")
    return tmp_path / "map.html"


def test_large_public_map_has_no_residence_in_tiles(town: SimpleNamespace) -> None:
    archive = base64.b64decode(map_data(town, language="zh")["tiles"]["archive"])
    assert archive.startswith(b"PMTiles\x03")
    page = draw_web_map(town, language="zh").get_root().render()
    assert "Copyright 2021-2024 Protomaps LLC" in page
    assert "Vladimir Agafonkin" in page


def wait(page: "Page") -> None:
    page.wait_for_function("layers.tiles.tiles.size > 0 && !layers.tiles.isLoading()")


# The colours at the anchor of each residence, and how opaque they are.
PAINTED = """() => residences.anchor.map((anchor) => {
    const at = map.latLngToContainerPoint([anchor[1] / 1e6, anchor[0] / 1e6]);
    const frame = map.getContainer().getBoundingClientRect();
    for (const tile of layers.tiles.tiles) {
        const box = tile.getBoundingClientRect();
        const x = frame.left + at.x - box.left, y = frame.top + at.y - box.top;
        if (x < 0 || y < 0 || x >= box.width || y >= box.height) continue;
        const scale = tile.width / box.width;
        return Array.from(tile.getContext("2d").getImageData(x * scale, y * scale, 1, 1).data);
    }
    return null;
})"""
BLUE, AMBER, RED = (0x2F, 0x86, 0xBD), (0xF0, 0xA8, 0x18), (0xA6, 0x29, 0x0C)  # symbols.js
OPAQUE, FAINT = 0.82 * 255, 0.08 * 255


def assert_painted(page: "Page", row: int, colour: tuple[int, ...], opacity: float) -> None:
    pixel = page.evaluate(PAINTED)[row]
    assert pixel[:3] == pytest.approx(colour, abs=8)  # a faint colour is rounded when it is stored
    assert pixel[3] == pytest.approx(opacity, abs=2)


@pytest.mark.slow
@pytest.mark.parametrize("size", [(1400, 900), PHONE])
def test_tiles_are_read_and_painted_without_a_request(
    map_file: Path, size: tuple[int, int]
) -> None:
    with open_offline(map_file, size=size) as visit:
        wait(visit.page)
        assert visit.requests == [map_file.as_uri()]
        assert visit.complaints == []
        for row, colour in enumerate((BLUE, AMBER, BLUE, RED)):
            assert_painted(visit.page, row, colour, OPAQUE)


@pytest.mark.slow
def test_filters_fade_what_the_tiles_show(map_file: Path) -> None:
    with open_offline(map_file) as visit:
        page = visit.page
        wait(page)
        page.uncheck(".legend tr[data-verdict=met] input")
        assert_painted(page, 0, BLUE, FAINT)
        assert_painted(page, 1, AMBER, OPAQUE)
        page.check(".legend tr[data-verdict=met] input")
        page.check("input[value=plain]", force=True)
        assert_painted(page, 2, AMBER, OPAQUE)
        page.evaluate("map.fitBounds = () => {}")  # the filter's flight to its zone takes time
        page.select_option(".zone-filter", label="西街")
        assert_painted(page, 0, AMBER, FAINT)
        assert_painted(page, 2, AMBER, OPAQUE)


@pytest.mark.slow
def test_click_on_a_tile_explains_and_outlines_the_residence(map_file: Path) -> None:
    with open_offline(map_file) as visit:
        page = visit.page
        wait(page)
        click_on(page, "residences", 0)
        assert "1,000 户 × 15 m²/百户 = 150 m²" in page.inner_text("#panel")
        outlined = "() => Array.from(layers.tiles.outlined)"
        assert page.evaluate(outlined) == [[0, "chosen"]]
        page.keyboard.press("Escape")
        click_on(page, "residences", 5)  # a point
        assert "旧村" in page.inner_text("#panel")
        page.evaluate("select({type: 'residence', row: 1}, true)")  # its cluster is in C1
        assert page.evaluate(outlined) == [[1, "chosen"], [2, "cluster"]]
        page.keyboard.press("Escape")
        assert page.evaluate(outlined) == []
        click_on(page, "facilities", 0)  # symbols lie above the tiles
        assert "一站" in page.inner_text("#panel")


@pytest.mark.slow
def test_pointer_tells_names_as_text_and_zones_lie_below(map_file: Path) -> None:
    with open_offline(map_file) as visit:
        page = visit.page
        wait(page)
        page.select_option(".zones select >> nth=0", "street")
        page.mouse.move(*spot_of(page, "residences", 1))
        page.wait_for_selector(".leaflet-tooltip strong")
        told = page.evaluate("document.querySelector('.leaflet-tooltip strong').textContent")
        assert told == HOSTILE
        page.mouse.move(10, 10)
        page.wait_for_selector(".leaflet-tooltip strong", state="detached")
        click_on(page, "residences", 1)
        assert page.evaluate("document.querySelector('#panel h2').textContent") == HOSTILE
        page.keyboard.press("Escape")
        click_on(page, "zones", 1)
        assert "西街" in page.inner_text("#panel")
        assert page.evaluate("typeof window.pwned") == "undefined"


@pytest.mark.slow
def test_residences_in_tiles_are_on_the_printed_sheet(map_file: Path) -> None:
    with open_offline(map_file) as visit:
        page = visit.page
        wait(page)
        page.wait_for_function("layers.tiles.around.length > 0")
        page.evaluate("layOut('printing', true)")
        colours = page.evaluate(
            """() => residences.anchor.slice(0, 4).map((anchor) => {
                const at = map.latLngToContainerPoint([anchor[1] / 1e6, anchor[0] / 1e6]);
                const paper = document.querySelector("canvas.paper").getContext("2d");
                return Array.from(paper.getImageData(2 * at.x, 2 * at.y, 1, 1).data);
            })"""
        )
        page.evaluate("layOut('printing', false)")
        sheet = page.pdf(prefer_css_page_size=True, print_background=True)
    # Four fifths of the colour over what lies below.
    for colour, expected in zip(colours, (BLUE, AMBER, BLUE, RED), strict=True):
        assert colour[:3] == pytest.approx(expected, abs=0.18 * 255)
    assert len(re.findall(rb"/Type\s*/Page\b", sheet)) == 1


@pytest.mark.slow
def test_thirteen_hostile_names_do_nothing_on_a_large_map(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("lifecircle.write.web_data.LEAST_TILED", 0)
    paths = [tmp_path / f"{i}.html" for i in range(len(HOSTILE_NAMES))]
    for name, path in zip(HOSTILE_NAMES, paths, strict=True):
        write_web_map(poisoned(name), path, language="zh")
    with open_offline(paths[0]) as visit:
        for name, path in zip(HOSTILE_NAMES, paths, strict=True):
            visit.page.goto(path.as_uri())
            wait(visit.page)
            assert visit.page.evaluate(TOUR) == [name] * (6 + 3 + 2 + 1)
            assert visit.page.evaluate("typeof window.pwned") == "undefined"
            assert visit.page.evaluate("document.scripts.length") == 3
            assert (visit.dialogs, visit.complaints) == ([], [])
        assert visit.requests == [path.as_uri() for path in [paths[0], *paths]]
