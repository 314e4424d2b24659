"""Plan maps: complete, legible and true to scale, measured on what is drawn and written."""

import itertools
import math
import os
import re
import shutil
import subprocess
import xml.etree.ElementTree as ET
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from matplotlib.artist import Artist
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.text import Text
from PIL import Image
from scipy import ndimage
from typer.testing import CliRunner

from lifecircle.assessment import Assessment, assess
from lifecircle.cli import app, mapping
from lifecircle.errors import OutputError, StudyError
from lifecircle.read.study_inputs import StudyInputs
from lifecircle.standards.profile import read_standard
from lifecircle.study import Study, example_study
from lifecircle.write.plan_map import (
    THEMES,
    Page,
    common_parts,
    draw_atlas,
    draw_plan_map,
    fonts,
    lettering,
    symbols,
    write_sheet,
    zone_themes,
)
from lifecircle.write.plan_map.furniture import north_angle
from lifecircle.write.plan_map.legend import Entry, Section, Symbol, draw_legend
from lifecircle.write.plan_map.orders import MapOrder, check_order, write_plan_maps
from lifecircle.write.plan_map.panel import new_panel
from lifecircle.write.plan_map.paper import Box
from lifecircle.write.plan_map.sheet import new_sheet
from worlds import METRES, World, street_ways

STREET = {"highway": "residential"}
EAST, NORTH = 500_000, 3_400_000
needs_poppler = pytest.mark.skipif(
    "CI" not in os.environ and shutil.which("pdftotext") is None,
    reason="needs poppler-utils (pdftotext, pdffonts); `make browser`",
)
A3, A4, A4_UPRIGHT, A1 = (
    Page(),
    Page(paper="A4"),
    Page(paper="A4", landscape=False),
    Page(paper="A1"),
)


def placed(geometry: shapely.Geometry) -> shapely.Geometry:
    return shapely.transform(geometry, lambda xy: xy + np.array([EAST, NORTH]))


def table(rows: list[dict[str, object]], name: str) -> gpd.GeoDataFrame:
    frame = pd.DataFrame(rows).set_index(name)
    geometry = [placed(shape) for shape in frame.pop("geometry")]
    return gpd.GeoDataFrame(frame, geometry=geometry, crs=METRES)


def streets() -> World:
    """Draw a grid of streets every 500 m, 3 km by 2 km."""
    across, along = 7, 5
    xy = [
        (EAST + column * 500.0, NORTH + row * 500.0)
        for row in range(along)
        for column in range(across)
    ]
    rows = [list(range(row * across, (row + 1) * across)) for row in range(along)]
    columns = [list(range(column, along * across, across)) for column in range(across)]
    return World(xy=xy, ways=[(nodes, STREET) for nodes in rows + columns])


def residences() -> gpd.GeoDataFrame:
    """Put a residence into each of the 24 blocks; the households of the last are unknown."""
    rows = []
    for at, (row, column) in enumerate(itertools.product(range(4), range(6))):
        west, south = column * 500 + 40, row * 500 + 40
        rows.append(
            {
                "residence_id": f"r{at:02d}",
                "name": f"虚构{at}号院",
                "households": np.nan if at == 23 else 100.0 + 20 * at,
                "status": "existing",
                "geometry": shapely.box(west, south, west + 420, south + 420),
            }
        )
    return table(rows, "residence_id")


def facilities() -> gpd.GeoDataFrame:
    """Put two stations 1,000 m apart on a street, and what else there is."""
    kinds = [
        ("A", "community_station", 300.0, "operating", (500, 500)),
        ("B", "community_station", 60.0, "operating", (1500, 500)),
        ("C", "day_care", 800.0, "planned", (1000, 1500)),
        ("D", "nursing_home", 5000.0, "operating", (1500, 1000)),
        ("E", "canteen", np.nan, "operating", (250, 1000)),
    ]
    return table(
        [
            {
                "facility_id": name,
                "name": f"虚构设施{name}",
                "kind": kind,
                "floor_area_m2": m2,
                "status": status,
                "floor": 1.0,
                "geometry": shapely.Point(spot),
            }
            for name, kind, m2, status, spot in kinds
        ],
        "facility_id",
    )


def zones() -> gpd.GeoDataFrame:
    """Divide it into two streets, each of two communities."""
    parts = [
        ("d", "虚构区", "district", (0, 0, 3000, 2000)),
        ("s1", "西虚街道", "street", (0, 0, 1500, 2000)),
        ("s2", "东虚街道", "street", (1500, 0, 3000, 2000)),
        ("c1", "西南社区", "community", (0, 0, 1500, 1000)),
        ("c2", "西北社区", "community", (0, 1000, 1500, 2000)),
        ("c3", "东南社区", "community", (1500, 0, 3000, 1000)),
        ("c4", "东北社区", "community", (1500, 1000, 3000, 2000)),
    ]
    return table(
        [
            {"zone_id": name, "name": text, "level": level, "geometry": shapely.box(*bounds)}
            for name, text, level, bounds in parts
        ],
        "zone_id",
    )


def assessed(*, with_zones: bool = True, language: str = "zh", title: str = "虚构区") -> Assessment:
    files = {name: {"file": "made"} for name in ("streets", "facilities", "residences")}
    plan = {
        "organisation": "虚构规划院",
        "date": "2026年11月",
        "figure_number": "图3",
        "review_number": "虚构审图号1号",
        "sources": ["虚构数据"],
    }
    settings = {"title": title, "made": True, "plan": plan, "language": language}
    inputs = StudyInputs(
        streets=street_ways(streets()),
        residences=residences(),
        facilities=facilities(),
        zones=zones() if with_zones else None,
    )
    return assess(
        inputs,
        study=Study.model_validate({**files, **settings}),
        standard=read_standard("weihai-2022"),
        plain=read_standard("walk-20"),
    )


@pytest.fixture(scope="module")
def town() -> Assessment:
    return assessed()


@pytest.fixture(scope="module")
def bare() -> Assessment:
    return assessed(with_zones=False)


def texts(figure: Figure) -> list[Text]:
    found = [text for text in figure.findobj(Text) if text.get_text() and text.get_visible()]
    return [text for text in found if text.get_label() != "halo"]


def extents(figure: Figure, artists: list[Text]) -> np.ndarray:
    renderer = FigureCanvasAgg(figure).get_renderer()
    return np.array([artist.get_window_extent(renderer).extents for artist in artists])


def labels(figure: Figure, start: str) -> set[str]:
    artists = figure.findobj(lambda one: isinstance(one, Artist))
    named = (str(artist.get_label()) for artist in artists)
    return {name.removeprefix(start) for name in named if name.startswith(start)}


@pytest.fixture(scope="module")
def sheets(town: Assessment) -> dict[str, Figure]:
    """Draw every theme once; who looks at a sheet leaves it as it is."""
    return {theme: draw_plan_map(town, theme=theme) for theme in THEMES}


@pytest.mark.parametrize("theme", THEMES)
def test_every_class_that_is_drawn_is_in_the_legend(sheets: dict[str, Figure], theme: str) -> None:
    drawn, explained = labels(sheets[theme], "class:"), labels(sheets[theme], "key:")
    assert drawn
    assert drawn == explained


@pytest.mark.parametrize("theme", THEMES)
def test_no_text_lies_over_another_or_over_the_edge(sheets: dict[str, Figure], theme: str) -> None:
    assert_legible(sheets[theme])


@pytest.mark.parametrize("page", [A4, A4_UPRIGHT, A1], ids=str)
@pytest.mark.parametrize("theme", ["clusters", "facilities"])
def test_nor_does_it_on_other_sheets(town: Assessment, theme: str, page: Page) -> None:
    assert_legible(draw_plan_map(town, theme=theme, page=page))


def assert_legible(figure: Figure, *, least: float = 6) -> None:
    shown = texts(figure)
    boxes = extents(figure, shown)
    width, height = figure.get_size_inches() * figure.dpi
    assert (boxes[:, :2] >= 0).all()
    assert (boxes[:, 2] <= width).all()
    assert (boxes[:, 3] <= height).all()
    over = [
        (one.get_text(), other.get_text())
        for (one, a), (other, b) in itertools.combinations(zip(shown, boxes, strict=True), 2)
        if min(a[2], b[2]) - max(a[0], b[0]) > 1 and min(a[3], b[3]) - max(a[1], b[1]) > 1.5
    ]
    assert over == []
    assert min(text.get_fontsize() for text in shown) >= least


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_sheet_says_who_when_which_and_whence(town: Assessment, language: str) -> None:
    said = {
        text.get_text() for text in texts(draw_plan_map(town, theme="verdicts", language=language))
    }
    assert {"虚构规划院", "2026年11月", "图3", "虚构审图号1号", "虚构数据", "虚构区"} <= said
    headings = {
        "zh": {"图名", "图号", "编制单位", "日期", "审图号", "数据来源", "位置示意图", "北"},
        "en": {"Title", "Figure", "Made by", "Date", "Map approval number", "Location", "N"},
    }
    assert headings[language] <= said


def test_the_legend_counts_what_the_result_counts(
    town: Assessment, sheets: dict[str, Figure]
) -> None:
    said = [text.get_text() for text in texts(sheets["verdicts"])]
    for verdict, word in {"met": "达标", "short": "不足", "no_data": "数据缺失"}.items():
        chosen = town.residences[town.residences["verdict"].eq(verdict)]
        at = said.index(word)
        assert said[at + 1] == f"{len(chosen):,}"
        assert said[at + 2] == f"{chosen['households'].sum():,.0f}"


def test_the_households_within_the_limit_are_those_served(
    town: Assessment, sheets: dict[str, Figure]
) -> None:
    said = [text.get_text() for text in texts(sheets["catchments"])]
    assert said[said.index("15 分钟以内") + 1] == f"{town.totals['served_households']:,.0f}"


@pytest.mark.parametrize("page", [A4, A4_UPRIGHT], ids=str)
def test_the_scale_is_right_on_the_picture(town: Assessment, page: Page, tmp_path: Path) -> None:
    """Measure two facilities that stand 1,000 m apart, and the bar, in pixels."""
    figure = draw_plan_map(town, theme="verdicts", page=page)
    said = [text.get_text() for text in texts(figure)]
    denominator = int(re.search(r"1:(\d+)", " ".join(said)).group(1))
    figures = [text for text in figure.findobj(Text) if text.get_label() == "scale figure"]
    bar_m = float(figures[-1].get_text()) * (1000 if "千米" in said else 1)
    write_sheet(figure, tmp_path / "map.png")
    with Image.open(tmp_path / "map.png") as picture:
        assert round(picture.info["dpi"][0]) == 300
        pixels = np.asarray(picture.convert("RGB"))
    left, low, right, high = np.rint(figure.axes[1].bbox.extents * 300 / figure.dpi).astype(int)
    ground = pixels[len(pixels) - high : len(pixels) - low, left:right]
    dots = (ground == 0x11).all(axis=2)
    blobs, _ = ndimage.label(dots)
    sizes = np.bincount(blobs.ravel())[1:]
    round_ones = np.argsort(sizes)[-2:] + 1
    (ya, xa), (yb, xb) = ndimage.center_of_mass(dots, blobs, round_ones)
    between = math.hypot(xa - xb, ya - yb)
    assert between / 300 * 0.0254 * denominator == pytest.approx(1000, rel=0.01)
    bars = [one for one in figure.findobj(Artist) if one.get_label() == "scale bar"]
    boxes = np.array([bar.get_window_extent().extents for bar in bars]) * 300 / figure.dpi
    row = pixels[round(len(pixels) - boxes[:, [1, 3]].mean())]
    near = slice(round(boxes[:, 0].min()) - 20, round(boxes[:, 2].max()) + 20)
    dark = np.flatnonzero(row[near].max(axis=1) < 100)
    line = 0.6 * page.enlarged / 72 * 300  # half of the outline stands out at either end
    length = dark[-1] - dark[0] + 1 - line
    assert length / between * 1000 == pytest.approx(bar_m, rel=0.01)


@pytest.mark.parametrize(("east_m", "degrees"), [(500_000, 0.0), (596_000, -0.5)])
def test_north_is_the_pole_not_the_grid(east_m: float, degrees: float) -> None:
    # Grid convergence is about the longitude from the central meridian times the sine of the
    # latitude: 1 degree east (96 km) at 30.7 N makes 0.51 degrees, and the pole lies to the left.
    pen = new_sheet(Page(), "zh", [])
    panel = new_panel(pen, Box(0, 0, 100, 100), (east_m, NORTH), 10_000)
    assert north_angle(panel, METRES) == pytest.approx(degrees, abs=0.02)


def poppler(*command: str | Path) -> subprocess.CompletedProcess[str]:
    # Debian's programs, found by their names.
    return subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603 - above


@needs_poppler
def test_a_pdf_can_be_searched_and_has_its_fonts_inside(
    sheets: dict[str, Figure], tmp_path: Path
) -> None:
    path = tmp_path / "图.pdf"
    write_sheet(sheets["verdicts"], path)
    said = poppler("pdftotext", path, "-")
    assert said.stderr == ""
    for word in ("居住小区养老服务达标判定图", "西北社区", "虚构审图号1号", "不足"):
        assert word in said.stdout
    listed = poppler("pdffonts", path)
    assert "Mismatch" not in listed.stderr
    rows = listed.stdout.splitlines()[2:]
    assert rows
    assert all("TrueType" in row and re.search(r"yes\s+yes\s+yes", row) for row in rows)
    size = poppler("pdfinfo", path).stdout
    points = [float(number) for number in re.search(r"([\d.]+) x ([\d.]+) pts", size).groups()]
    assert [round(number / 72 * 25.4) for number in points] == [420, 297]


def test_an_svg_keeps_its_text_as_text(sheets: dict[str, Figure], tmp_path: Path) -> None:
    path = tmp_path / "map.svg"
    write_sheet(sheets["served"], path)
    root = ET.parse(path).getroot()  # noqa: S314 - our own file
    said = {
        "".join(node.itertext()).strip() for node in root.iter("{http://www.w3.org/2000/svg}text")
    }
    assert {"西虚街道", "东虚街道", "各街道15分钟步行覆盖率图"} <= said


@pytest.mark.parametrize("ending", ["png", "pdf", "svg"])
def test_the_same_result_gives_the_same_bytes(
    town: Assessment, ending: str, tmp_path: Path
) -> None:
    written = []
    for name in ("one", "two"):
        path = tmp_path / f"{name}.{ending}"
        write_sheet(draw_plan_map(town, theme="shortage", page=A4), path)
        written.append(path.read_bytes())
    assert written[0] == written[1]


def served(town: Assessment, **settings: object) -> Figure:
    study = town.study.model_copy(update=settings)
    return draw_plan_map(_with_study(town, study), theme="served", page=A4)


def test_who_must_be_named_is_named_beside_the_plans_own_sources(town: Assessment) -> None:
    said = texts(served(town, attribution=("© OpenStreetMap contributors",)))
    assert "虚构数据；© OpenStreetMap contributors" in {text.get_text() for text in said}


def test_a_limit_in_metres_is_said_in_metres(town: Assessment) -> None:
    walk = town.study.walk.model_copy(update={"limit_m": 1200.0})
    said = {text.get_text() for text in texts(served(town, walk=walk))}
    assert "各街道1,200米步行覆盖率图" in said
    assert "沿路网步行1,200米以内，步速 1 m/s。" in said


def test_the_system_is_named_in_the_sheets_language(sheets: dict[str, Figure]) -> None:
    # EPSG:4547 is CGCS2000 / 3-degree Gauss-Kruger CM 114E.
    said = "".join(text.get_text() for text in texts(sheets["served"]))
    assert "CGCS2000，高斯-克吕格投影，中央经线114°" in said.replace(" ", "")


def test_a_public_sheet_has_zones_alone(town: Assessment) -> None:
    figure = draw_plan_map(town, theme="shortage", page=A4, edition="public")
    said = {text.get_text() for text in texts(figure)}
    assert "公开版" in said
    assert not {"内部资料", "计入面积的养老服务设施"} & said
    with pytest.raises(StudyError, match="a public map shows zones alone, not 'verdicts'"):
        draw_plan_map(town, theme="verdicts", edition="public")


def test_what_is_not_published_is_no_number_on_a_public_sheet(town: Assessment) -> None:
    """Leave one community two residences, of which nothing is told."""
    fields = {name: getattr(town, name) for name in Assessment.__slots__}
    homes, zones = town.residences, town.zones.copy()
    among = homes["community_id"].eq("c1")
    few = pd.concat([homes[~among], homes[among].head(2)])
    zones.loc["c1", "residences"] = 2
    hidden = Assessment(**{**fields, "residences": few, "zones": zones})
    figure = draw_plan_map(hidden, theme="shortage", page=A4, edition="public")
    said = {text.get_text() for text in texts(figure)}
    assert "无数据或不公布" in said
    assert "西南社区" in said


def test_every_sheet_for_the_office_says_so(sheets: dict[str, Figure]) -> None:
    for theme, sheet in sheets.items():
        assert "内部资料" in {text.get_text() for text in texts(sheet)}, theme


def test_dots_that_hide_verdicts_are_on_neither_map_of_before_and_after(
    town: Assessment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(common_parts, "_LEAST_WITH_DOTS", 1)  # as on the map of a city
    drawn = labels(draw_plan_map(town, theme="planned", page=A4), "class:")
    assert "counted_facility" not in drawn
    assert "planned_facility" in drawn


def test_what_is_long_is_cut_and_never_leaves_its_place(town: Assessment) -> None:
    sources = tuple(f"虚构数据来源之第{number}号普查成果汇总表" for number in range(40))
    long = {"sources": sources, "organisation": "虚构院" * 40}
    plan = town.study.plan.model_copy(update=long)
    assert_legible(served(town, plan=plan, title="虚构区规划" * 40), least=4.7)


def test_a_legend_too_long_says_what_it_leaves_out() -> None:
    pen = new_sheet(A4, "zh", [])
    rows = tuple(Entry(symbol=Symbol(), text=f"{number} 虚构街道") for number in range(200))
    draw_legend(pen, Box(0, 50, 70, 60), [Section(title="图幅", rows=rows)], columns=1)
    shown = texts(pen.figure)
    kept = len(shown) - 2  # beside the heading and what is left out
    assert f"另有 {200 - kept} 项未列出。" in {text.get_text() for text in shown}
    assert min(text.get_position()[1] for text in shown) > 50


def test_an_atlas_has_an_index_and_a_sheet_a_street(town: Assessment) -> None:
    sheets = list(draw_atlas(town, theme="verdicts", by="street"))
    said = [{text.get_text() for text in texts(sheet)} for sheet in sheets]
    assert len(sheets) == 3
    assert {"1 西虚街道", "2 东虚街道"} <= said[0]
    assert {"西虚街道居住小区养老服务达标判定图", "图3-1"} <= said[1]
    assert {"东虚街道居住小区养老服务达标判定图", "图3-2"} <= said[2]
    for sheet in sheets:
        assert labels(sheet, "class:") == labels(sheet, "key:")


def test_sheets_of_an_atlas_share_their_classes(
    town: Assessment, sheets: dict[str, Figure]
) -> None:
    # Its own quartiles would call 100 m² dark in one street and light in the next.
    whole = labels(sheets["shortage"], "class:shortage")
    atlas = list(draw_atlas(town, theme="shortage", by="street"))[1:]
    assert set().union(*(labels(sheet, "class:shortage") for sheet in atlas)) == whole


@pytest.mark.parametrize(
    ("atlas", "level", "fragment"),
    [
        ("village", None, "no zones of the level 'village'; it has: district, street, community"),
        (None, "town", "no zones of the level 'town'"),
    ],
)
def test_a_level_that_is_not_there_is_an_error_that_lists_the_levels(
    town: Assessment, atlas: str | None, level: str | None, fragment: str, tmp_path: Path
) -> None:
    order = MapOrder(out=tmp_path, themes=("shortage",), atlas=atlas, level=level)
    with pytest.raises(StudyError, match=fragment):
        list(write_plan_maps(town, order))


def test_without_zones_what_needs_none_is_drawn(bare: Assessment, tmp_path: Path) -> None:
    order = MapOrder(out=tmp_path / "图", page=A4, dpi=72)
    names = [path.name for path in write_plan_maps(bare, order)]
    wanted = [theme for theme in THEMES if theme not in {"served", "shortage"}]
    assert names == [f"{theme}.png" for theme in wanted]


def test_no_chinese_font_is_an_error_with_the_remedy(
    town: Assessment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fonts, "findSystemFonts", list)
    monkeypatch.setattr(fonts.fontManager, "ttflist", [])
    monkeypatch.setattr(fonts, "FONT_PACKAGE", "a_package_that_is_not_there")
    with pytest.raises(OutputError, match=r"fonts-noto-cjk.*pip install lifecircle\[fonts\]"):
        draw_plan_map(town, theme="verdicts")
    assert fonts.find_font(["Las Palmas 100 m²"]).families[0] == "DejaVu Sans"


def test_the_package_of_fonts_stands_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fonts, "findSystemFonts", list)
    monkeypatch.setattr(fonts.fontManager, "ttflist", [])
    font = fonts.find_font(["虚构区"])
    assert font.regular.path.endswith("NotoSansSC-Regular.otf")


def test_names_are_text_whatever_they_hold(town: Assessment) -> None:
    font = fonts.find_font(["北"])
    assert fonts.printable("a\x00b\u200b\n 龘\U0010fffd", font) == f"ab 龘{fonts.MISSING_SIGN}"
    study = town.study.model_copy(update={"title": r"$\frac{1}{0$ {x} %d <b>" + "长" * 300})
    figure = draw_plan_map(_with_study(town, study), theme="verdicts")
    title = next(text for text in texts(figure) if text.get_text().startswith(r"$\frac{1}{0$"))
    assert title.get_text().endswith("…")
    box = extents(figure, [title])[0]
    assert box[0] > 0
    assert box[2] < figure.get_size_inches()[0] * figure.dpi


def _with_study(town: Assessment, study: Study) -> Assessment:
    fields = {name: getattr(town, name) for name in Assessment.__slots__}
    return Assessment(**{**fields, "study": study})


def _lightness(color: str) -> float:
    """Return CIE L* of a colour, 0 (black) to 100."""
    linear = [
        one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in to_rgb(color)
    ]
    y = float(np.dot([0.2126, 0.7152, 0.0722], linear))
    return 116 * y ** (1 / 3) - 16 if y > 0.008856 else 903.3 * y


@pytest.mark.parametrize(
    "styles",
    [symbols.VERDICT_STYLES.values(), symbols.SHARE_CLASSES,
     [zone_themes.NO_SHORTAGE, *symbols.SHORTAGE_CLASSES], symbols.RING_CLASSES],
    ids=["verdicts", "shares", "shortages", "rings"],
)  # fmt: skip
def test_classes_are_told_apart_in_grey(styles: list) -> None:
    for one, other in itertools.combinations(styles, 2):
        differ = abs(_lightness(one.fill) - _lightness(other.fill))
        assert differ > 8 or one.hatch != other.hatch


# What a deuteranope sees, in linear RGB: Machado, Oliveira and Fernandes 2009, severity 1.
DEUTERANOPIA = np.array(
    [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ]
)


def test_verdicts_are_told_apart_by_the_colour_blind() -> None:
    seen = [
        DEUTERANOPIA @ np.square(to_rgb(style.fill)) for style in symbols.VERDICT_STYLES.values()
    ]
    hatches = [style.hatch for style in symbols.VERDICT_STYLES.values()]
    for one, other in itertools.combinations(range(len(seen)), 2):
        far = np.abs(seen[one] - seen[other]).max()
        assert far > 0.1 or hatches[one] != hatches[other]


@pytest.mark.parametrize("ink", [lettering.INK, lettering.SOFT_INK])
def test_letters_stand_out_from_the_paper(ink: str) -> None:
    # WCAG 2: (lighter + 0.05) / (darker + 0.05) of at least 4.5.
    luminance = ((_lightness(ink) + 16) / 116) ** 3
    assert 1.05 / (luminance + 0.05) > 4.5


def run(*arguments: object) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["map", *map(str, arguments)])
    return result.exit_code, result.output


@pytest.mark.parametrize(
    ("options", "fragment"),
    [
        (["--theme", "verdict"], "没有 'verdict'（theme）；可用：verdicts, catchments, served"),
        (["--format", "jpg"], "没有 'jpg'（format）；可用：png, pdf, svg"),
        (["--out", "map.png"], "map.png 是一个文件：请只选一个专题"),
        (["--theme", "served", "--format", "svg", "--out", "map.png"], "而格式为 svg"),
        (["--theme", "served", "--atlas", "street", "--out", "map.png"], "图集有多幅图"),
    ],
)
def test_orders_that_cannot_be_drawn_are_refused_at_once(options: list[str], fragment: str) -> None:
    assert fragment in run(example_study(), *options)[1]


def test_a_file_where_the_folder_should_be_is_refused_at_once(tmp_path: Path) -> None:
    there = tmp_path / "there"
    there.write_text("")
    with pytest.raises(OutputError, match="this is a file"):
        check_order(MapOrder(out=there / "maps"))
    (tmp_path / "map.png").mkdir()
    with pytest.raises(OutputError, match="this is a folder"):
        check_order(MapOrder(out=tmp_path / "map.png", themes=("served",)))


def test_the_help_lists_the_themes() -> None:
    assert mapping.THEME_NAMES.split(", ") == list(THEMES)


@pytest.mark.slow
def test_the_command_draws_the_example(tmp_path: Path) -> None:
    out = tmp_path / "规划图 1"
    code, said = run(
        example_study(), "--theme", "verdicts", "--theme", "clusters", "--page", "A4",
        "--dpi", "72", "--out", out,
    )  # fmt: skip
    assert code == 0, said
    assert sorted(path.name for path in out.iterdir()) == ["clusters.png", "verdicts.png"]
    with Image.open(out / "verdicts.png") as picture:
        assert picture.size == (841, 595)
    assert "审图号" in said
