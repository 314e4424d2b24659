"""The report: the result's numbers in it, whole in Word, laid out by LibreOffice, and as PDF."""

import os
import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from docx import Document
from docx.document import Document as WordDocument
from docx.enum.section import WD_ORIENT
from docx.oxml.ns import qn
from typer.testing import CliRunner

from lifecircle.assessment import Assessment
from lifecircle.cli import app
from lifecircle.errors import OutputError, StudyError
from lifecircle.study import PlanSettings, example_study
from lifecircle.write.edition import edition_tables
from lifecircle.write.report import pdf_pages, write_report
from lifecircle.write.report.content import Content, Rows, Section, Text, headings
from lifecircle.write.report.cover import report_content
from lifecircle.write.report.lorenz import draw_lorenz, equity_parts
from lifecircle.write.report.material import Material

needs_office = pytest.mark.skipif(
    "CI" not in os.environ
    and (shutil.which("soffice") is None or shutil.which("pdftotext") is None),
    reason="needs libreoffice-writer-nogui and poppler-utils; `make browser`",
)


@pytest.fixture(scope="session")
def content(example: Assessment) -> Content:
    return report_content(example)


@pytest.fixture(scope="session")
def public(example: Assessment) -> Content:
    return report_content(example, edition="public")


@pytest.fixture(scope="session")
def file(example: Assessment, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("report") / "报告.docx"
    write_report(example, path)
    return path


@pytest.fixture(scope="session")
def document(file: Path) -> WordDocument:
    return Document(str(file))


@pytest.fixture(scope="session")
def laid_out(file: Path) -> str:
    """Lay the document out by LibreOffice, and read its pages."""
    folder = file.parent
    office = ["soffice", "--headless", f"-env:UserInstallation={(folder / 'office').as_uri()}"]
    convert = [*office, "--convert-to", "pdf", "--outdir", str(folder), str(file)]
    subprocess.run(convert, check=True, capture_output=True, timeout=120)  # noqa: S603 - our own file
    return text_of(file.with_suffix(".pdf"))


def text_of(path: Path) -> str:
    read = ["pdftotext", "-layout", str(path), "-"]
    done = subprocess.run(read, check=True, capture_output=True)  # noqa: S603 - our own file
    return done.stdout.decode()


def texts(content: Content) -> str:
    """Gather everything that a report says, but what stands on its maps."""
    said = [*(f"{name} {text}" for name, text in content.cover.fields), content.footer]
    for chapter in content.chapters:
        said.append(chapter.title)
        for part in chapter.parts:
            if isinstance(part, Text):
                said.append(part.text)
            elif isinstance(part, Section):
                said.append(part.title)
            elif isinstance(part, Rows):
                said += [part.caption, part.note, part.rows.to_csv()]
    return "\n".join(said)


def table(content: Content, caption: str) -> pd.DataFrame:
    parts = [part for chapter in content.chapters for part in chapter.parts]
    return next(one.rows for one in parts if isinstance(one, Rows) and one.caption == caption)


def number(text: str) -> float:
    return float(text.replace(",", ""))


# Content: the numbers are those of the result.


def test_the_summary_says_the_totals(content: Content, example: Assessment) -> None:
    said = "\n".join(part.text for part in content.chapters[0].parts if isinstance(part, Text))
    totals = example.totals
    for name in ("requirement_m2", "supply_m2", "shortage_m2"):
        assert f"{totals[name]:,.2f} 平方米" in said
    for name in ("residences_met", "residences_short", "residences_unreachable"):
        assert f"{totals[name]:,.0f} 个小区" in said
    assert f"覆盖率 {totals['served_share']:.1%}" in said
    assert f"达标率 {totals['met_share']:.1%}" in said


def test_verdicts_add_up_to_the_totals(content: Content, example: Assessment) -> None:
    rows = table(content, "小区判定汇总")
    assert sum(map(number, rows["小区数（个）"])) == example.totals["residences"]
    known = rows["判定"] != "数据缺失"
    missing = sum(map(number, rows.loc[known, "缺口面积（平方米）"]))
    assert set(rows.loc[~known, "缺口面积（平方米）"]) == {"–"}
    assert missing == pytest.approx(example.totals["shortage_m2"], abs=0.001)


def test_gaps_by_street_add_up_to_their_total_row(content: Content, example: Assessment) -> None:
    rows = table(content, "分街道缺口与补足方式")
    *streets, total = map(number, rows["缺口面积（平方米）"])
    judged = example.verdicts.loc["rule"].loc[["short", "unreachable"], "shortage_m2"].sum()
    assert sum(streets) == pytest.approx(total, abs=0.001)
    assert total == pytest.approx(judged, abs=0.001)


def test_only_what_new_residences_alone_owe_is_proposed_to_be_built(
    content: Content, example: Assessment
) -> None:
    rows = table(content, "分街道缺口与补足方式").iloc[:-1]
    gaps = example.gaps[example.gaps["level"] == "street"]
    built = rows["补足方式"].eq("新建").tolist()
    assert built == gaps["circle_ledger_shortage_m2"].eq(0).tolist()
    assert any(built)
    assert set(rows["补足方式"]) == {"新建", "待选定"}


def test_a_street_says_the_clusters_that_reach_into_it(content: Content) -> None:
    # The gap list names C2 and C8 there; C6 lies inside C2, whose proof covers it.
    parts = content.chapters[4].parts
    start = next(
        at for at, one in enumerate(parts) if isinstance(one, Section) and one.title == "河东街道"
    )
    said = [one.text for one in parts[start + 1 : start + 5] if isinstance(one, Text)]
    named = re.findall(r"短缺片区 (C\d+)", "\n".join(said))
    assert named == ["C2", "C8"]


def test_indicators_name_their_clause(content: Content, example: Assessment) -> None:
    rows = table(content, f"指标表：{example.standard.title.zh}")
    shown = rows[rows["指标"].str.startswith("新建小区配建")].iloc[0]
    assert (shown["条款"], shown["标准"]) == ("二(二)", "≥ 20 平方米/百户")


def test_the_cover_says_what_it_is_and_leaves_blanks_to_fill_in(content: Content) -> None:
    assert content.cover.marks == ["内部资料", "示例数据，非真实数据"]
    fields = dict(content.cover.fields)
    assert fields["审图号"] == ""
    assert "本文件规划期已过（至2025年）" in fields["判定依据"]


def test_no_sentence_has_an_unfilled_slot(content: Content, public: Content) -> None:
    for one in (content, public):
        assert not re.search(r"[{}]|\bnan\b|None", texts(one))


# The public edition.


def test_the_public_edition_names_no_residence_facility_or_cluster(
    public: Content, example: Assessment
) -> None:
    said = texts(public)
    assert public.cover.marks[0] == "公开版"
    zones = set(example.zones["name"])
    for place in (example.residences, example.facilities):
        names = {name for name in place["name"].dropna() if name not in zones}
        assert [name for name in names if name in said] == []
        assert [key for key in place.index if re.search(rf"\b{key}\b", said)] == []
    assert "短缺片区 C" not in said


def test_a_public_report_needs_the_number_of_its_approval(
    example: Assessment, tmp_path: Path
) -> None:
    with pytest.raises(StudyError, match="review_number"):
        write_report(example, tmp_path / "public.docx", edition="public")


def test_public_maps_are_of_zones_only(public: Content) -> None:
    captions = [part.caption for part in public.chapters[3].parts]
    assert captions == ["分区步行覆盖率", "分区面积缺口"]


def test_a_study_without_zones_or_gaps_has_a_report(example: Assessment) -> None:
    bare = replace(
        example,
        zones=example.zones.iloc[:0],
        gaps=example.gaps.iloc[:0],
        clusters=example.clusters.iloc[:0],
    )
    content = report_content(bare)
    assert [part.caption for part in content.chapters[3].parts] == [
        "居住小区达标判定", "养老服务设施步行服务圈",
    ]  # fmt: skip
    assert content.chapters[4].parts == [Text(text="没有小区判定为不足或步行不可达。")]


def test_an_english_report_has_no_chinese_but_names(example: Assessment) -> None:
    study = example.study.model_copy(
        update={"language": "en", "title": "Town", "attribution": (), "plan": PlanSettings()}
    )
    content = report_content(replace(example, study=study))
    said = " ".join(text for _, text in headings(content) if "街道" not in text)
    said += " ".join(content.cover.marks) + content.cover.subtitle
    assert not re.search("[一-鿿]", said)


# As a Word document.


def test_the_same_result_gives_the_same_bytes(
    example: Assessment, file: Path, tmp_path: Path
) -> None:
    write_report(example, tmp_path / "b.docx")
    assert (tmp_path / "b.docx").read_bytes() == file.read_bytes()
    assert file.stat().st_size < 6_000_000


def test_the_table_of_contents_holds_every_heading_and_its_page(
    document: WordDocument, content: Content
) -> None:
    entries = [one for one in document.paragraphs if one.style.name.startswith("toc ")]
    assert [(int(one.style.name[-1]), "".join(one.text.split())) for one in entries] == [
        (level, "".join(text.split())) for level, text in headings(content)
    ]
    anchors = [link.get(qn("w:anchor")) for link in document.element.iter(qn("w:hyperlink"))]
    marks = [mark.get(qn("w:name")) for mark in document.element.iter(qn("w:bookmarkStart"))]
    assert anchors == marks
    codes = [one.text.split() for one in document.element.iter(qn("w:instrText"))]
    assert [code[1] for code in codes if code[0] == "PAGEREF"] == marks
    assert document.settings.element.find(qn("w:updateFields")) is not None


def test_fields_are_closed(document: WordDocument) -> None:
    kinds = [one.get(qn("w:fldCharType")) for one in document.element.iter(qn("w:fldChar"))]
    assert kinds.count("begin") == kinds.count("separate") == kinds.count("end")


def test_captions_count_from_one_without_a_gap(document: WordDocument) -> None:
    captions = [one.text for one in document.paragraphs if one.style.name == "Caption"]
    for word in ("表", "图"):
        found = [re.match(rf"{word} (\d+)  ", text) for text in captions]
        numbers = [int(hit.group(1)) for hit in found if hit]
        assert numbers == list(range(1, len(numbers) + 1))
        assert len(numbers) >= 5


def test_every_table_repeats_its_header_and_fits_its_page(document: WordDocument) -> None:
    most = 29.7 - 4
    for one in document.tables:
        assert one.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None  # noqa: SLF001 - not offered otherwise
        assert sum(cell.width.cm for cell in one.rows[0].cells) <= most + 0.01
    assert [one.orientation for one in document.sections] == [
        WD_ORIENT.PORTRAIT, WD_ORIENT.LANDSCAPE,
    ]  # fmt: skip


def test_every_style_in_use_has_a_chinese_font(document: WordDocument) -> None:
    for name in {one.style.name for one in document.paragraphs}:
        style = document.styles[name]
        while style.element.rPr is None or style.element.rPr.rFonts is None:
            style = style.base_style
        assert style.element.rPr.rFonts.get(qn("w:eastAsia")) in {"宋体", "黑体"}


def test_every_map_says_what_it_shows(document: WordDocument) -> None:
    pictures = [one.get("descr") for one in document.element.iter(qn("wp:docPr"))]
    assert pictures[0] == "居住小区达标判定"
    assert pictures[5] == "满足比例的洛伦兹曲线"
    assert len(pictures) == 6


def test_the_lorenz_curve_is_that_of_the_table(example: Assessment) -> None:
    # Twice the area between diagonal and curve is the Gini coefficient (Sen 1973).
    for language, name in (("zh", "户数累计比例"), ("en", "share of households")):
        study = example.study.model_copy(update={"language": language})
        (axes,) = draw_lorenz(_material(replace(example, study=study))).axes
        across, up = axes.lines[1].get_data()
        area = np.trapezoid(np.asarray(across) - np.asarray(up), np.asarray(across))
        whole = example.equity.set_index("level").loc["area"]
        assert 2 * area == pytest.approx(whole["gini"], abs=1e-9)
        assert name in axes.get_xlabel()
        assert len(axes.get_legend().get_texts()) == 2


def _material(assessment: Assessment) -> Material:
    return Material(
        assessment=assessment,
        tables=edition_tables(assessment, "internal"),
        totals=assessment.totals,
        robustness=None,
        edition="internal",
    )


def test_where_nobody_has_anything_no_curve_is_drawn(example: Assessment) -> None:
    nothing = replace(example, equity=example.equity.assign(gini=float("nan")))
    assert equity_parts(_material(nothing)) == []


def test_a_name_that_would_fill_a_page_is_cut(example: Assessment) -> None:
    homes, zones = example.residences.copy(), example.zones.copy()
    homes["name"], zones["name"] = "长" * 40_000, "宽" * 40_000
    content = report_content(replace(example, residences=homes, zones=zones))
    said = texts(content)
    assert "长" * 39 + "…" in said
    assert "长" * 41 not in said
    assert "宽" * 41 not in said


def test_last_year_stands_beside_the_indicators(example: Assessment, content: Content) -> None:
    caption = f"指标表：{example.standard.title.zh}"
    assert "同比" not in table(content, caption)
    indicators = example.indicators.assign(
        last_value=10.0, change=2.0, change_share=0.2, last_note=""
    )
    rows = table(report_content(replace(example, indicators=indicators)), caption)
    assert rows["同比"].str.contains(r"→ \+2").all()


@pytest.mark.heavy
@needs_office
def test_libreoffice_lays_it_out(laid_out: str, content: Content) -> None:
    pages = laid_out.split("\f")[:-1]
    assert len(pages) > 10
    assert content.cover.title in "".join(pages[0].split())
    assert "Error" not in laid_out
    assert "错误!" not in laid_out
    lines = ["".join(line.split()) for line in pages[1].splitlines()]
    for _, text in headings(content):
        heading = "".join(text.split())
        (line,) = [one for one in lines if one.startswith(f"{heading}.")]
        there = int(line.rpartition(".")[2])
        assert heading in "".join(pages[there - 1].split()), "the page of the contents has it"


def test_sentences_are_right_for_one_and_for_none(example: Assessment) -> None:
    zones = example.gaps[example.gaps["level"] == "street"].assign(cluster_ids="")
    lonely = zones.head(1).assign(residences_short=1, households_short=0)
    study = example.study.model_copy(update={"language": "en"})
    totals = example.totals.copy()
    totals[["residences_met", "met_households", "residences_short"]] = [0, 1, 1]
    totals[["residences_unreachable", "residences_no_data"]] = [1, 0]
    said = texts(report_content(replace(example, study=study, gaps=lonely, totals=totals)))
    assert "1 residence with 0 households is not met and lacks" in said
    assert "0 residences with 1 household are met" in said
    assert "1 residence is short, 1 reaches nothing on foot, 0 lack data and are not judged" in said
    assert "This 1 residence needs 67.60 m²" in texts(report_content(replace(example, study=study)))


def test_what_the_facilities_have_is_said_to_the_last_metre(example: Assessment) -> None:
    steps = example.reconciliation.copy()
    snapped = steps["input"].eq("facilities") & steps["step"].eq("snapped")
    steps.loc[snapped, "lost_m2"] = 600.0
    said = texts(report_content(replace(example, reconciliation=steps)))
    assert "另有 600.00 平方米在未接入路网的设施中，无人可步行到达。" in said


def test_a_blank_total_is_said_to_be_withheld(example: Assessment) -> None:
    plan = PlanSettings(review_number="虚构审字001号")
    few = example.residences.index[:2]
    study = example.study.model_copy(update={"plan": plan})
    small = replace(example, study=study, residences=example.residences.loc[few])
    said = [
        part.text
        for part in report_content(small, edition="public").chapters[0].parts
        if isinstance(part, Text)
    ]
    assert "步行覆盖：所涉小区过少，公开版不列出数值。" in said
    assert not any("–" in text for text in said)


def test_zones_that_are_not_listed_are_not_said_to_lack_less(
    public: Content, example: Assessment
) -> None:
    said = "\n".join(part.text for part in public.chapters[0].parts if isinstance(part, Text))
    tables = edition_tables(example, "public")
    listed, there = ((one["level"] == "street").sum() for one in (tables["gaps"], example.gaps))
    assert listed < there
    assert "已列出数值的街道中，缺口最大的为" in said


@pytest.mark.heavy
@needs_office
def test_a_map_stands_on_a_page_with_its_caption(laid_out: str) -> None:
    pages = [page for page in laid_out.split("\f") if re.search(r"^\s*图 \d+ ", page, re.MULTILINE)]
    assert len(pages) == 6


@pytest.mark.heavy
@needs_office
def test_no_heading_is_left_alone_at_the_foot_of_a_page(laid_out: str, content: Content) -> None:
    titles = {"".join(text.split()) for _, text in headings(content)}
    for page in laid_out.split("\f")[2:-1]:
        lines = ["".join(line.split()) for line in page.splitlines() if line.strip()]
        assert lines[-2] not in titles  # the last is the footer


# As a PDF.


@needs_office
def test_the_pdf_says_the_same(example: Assessment, content: Content, tmp_path: Path) -> None:
    path = tmp_path / "report.pdf"
    write_report(example, path)
    said = "".join(text_of(path).split())
    for _, text in headings(content):
        assert said.count("".join(text.split())) >= 2  # in the table of contents, and over the text
    captions = [
        part.caption for one in content.chapters for part in one.parts if isinstance(part, Rows)
    ]
    assert all("".join(caption.split()) in said for caption in captions)
    again = tmp_path / "again.pdf"
    write_report(example, again)
    assert again.read_bytes() == path.read_bytes()


def test_without_typst_a_pdf_is_refused_with_the_remedy(
    example: Assessment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pdf_pages, "TYPESETTER", "typst_that_is_not_there")
    with pytest.raises(OutputError, match=r"pip install lifecircle\[pdf\]"):
        write_report(example, tmp_path / "report.pdf")


# From the command line.


@pytest.mark.parametrize(
    ("name", "options", "said"),
    [
        ("report.txt", [], "docx"),
        ("report.pdf", ["--format", "docx"], "只写其一"),
        (".", [], "docx"),
        ("a file/report.pdf", [], "这是文件"),
    ],
)
def test_what_cannot_be_written_is_refused_before_any_work(
    name: str, options: list[str], said: str, tmp_path: Path
) -> None:
    (tmp_path / "a file").touch()
    command = ["report", str(example_study()), "--out", str(tmp_path / name), *options]
    result = CliRunner().invoke(app, command)
    assert result.exit_code == 3
    assert said in result.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["a file"]
