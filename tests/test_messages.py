"""
Chinese for every sentence of the code that a planner can meet.

The sentences are found in the source itself: a literal that ends a sentence, or that is raised, is
filled with made values and must come back without English.
"""

import ast
import re
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

import lifecircle
from lifecircle import cli
from lifecircle.errors import TableError
from lifecircle.labels import words
from lifecircle.messages import in_language, refusal
from lifecircle.read.quality import Remark, found_in, quality_table
from test_bad_input import CASES, CORPUS, expected

PACKAGE = Path(lifecircle.__file__).parent
# Said to nobody who plans: proofs that our own sums hold, rules of the walk, calls from Python, and
# the commands that have no study whose language they could speak.
NOT_FOR_PLANNERS = (
    *("walk/access.py", "walk/osmnx_graph.py", "walk/places.py", "supply/certificates.py"),
    *("supply/flow.py", "supply/leximin.py", "supply/area_units.py", "supply/sharing.py"),
    "supply/transport.py",
    *("cli/", "read/fetch.py", "write/new_study.py", "write/street_graph.py"),
    # pydantic passes these on in other words: see test_settings_
    *("study/settings.py", "study/inputs.py", "study/walk.py"),
    *("study/base_map.py", "study/priority.py", "study/profile.py"),
)
HINTS = {"hint", "where", "more", "several"}
SENTENCE = re.compile(r"(?:[a-z'`{0-9]|[A-Z][a-z]+ [a-z]).* .*[.]$|^names a file that", re.DOTALL)
# Three words of English in a row are a sentence; names of files, settings and systems are not.
ENGLISH = re.compile(r"(?<![\w./`'])[A-Za-z]{2,} [a-z]{2,} [a-z]{2,}")


def sentences() -> list[tuple[str, str]]:
    found = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        name = path.relative_to(PACKAGE).as_posix()
        if not name.startswith(NOT_FOR_PLANNERS):
            for text in literals(ast.parse(path.read_text(encoding="utf-8"))):
                if SENTENCE.match(text) and "\n" not in text:
                    found[text] = name
    return sorted((name, text) for text, name in found.items())


def literals(tree: ast.AST) -> list[str]:
    """Return the texts of the code, ``甲`` for what is filled in, without docstrings."""
    inner = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr)
             for value in node.values for part in ast.walk(value)}  # fmt: skip
    documents = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    texts = []
    for node in ast.walk(tree):
        if id(node) in inner | documents:
            continue
        if isinstance(node, ast.JoinedStr):
            texts.append("".join(filled(value) for value in node.values))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            texts.append(node.value)
    return texts


def filled(value: ast.expr) -> str:
    if isinstance(value, ast.FormattedValue):
        named = value.value.func if isinstance(value.value, ast.Call) else value.value
        return "" if getattr(named, "id", "") in {*HINTS, "_near"} else "7"
    return str(value.value) if isinstance(value, ast.Constant) else "7"


@pytest.mark.parametrize(("module", "text"), sentences())
def test_every_sentence_has_its_chinese(module: str, text: str) -> None:
    said = in_language(text, "zh")
    assert said != text, f"add it to [messages] of labels.toml ({module})"
    assert not ENGLISH.search(without_names(said)), said


@pytest.mark.parametrize(
    ("said", "chinese"),
    [
        ("'walk.minutes' must be greater than 0; found -1.", "'walk.minutes' 应大于 0；实为 -1。"),
        ("'made' must be a valid boolean; found 'x'.", "'made' 应为 true 或 false；实为 'x'。"),
        (
            "'zones.file' names a file that is not there: '/a b'; found 'b'.",
            "'zones.file'：所指的文件不存在：'/a b'；实为 'b'。",
        ),
        (
            "'area.file' must be a file on this machine, not 'http://a'; found 'http://a'.",
            "'area.file' 应为本机上的文件，而不是 'http://a'；实为 'http://a'。",
        ),
        (
            "'walkk' is no setting; did you mean 'walk'? known here: walk, zones.",
            "没有设置 'walkk'；是否指 'walk'？此处可用：walk, zones。",
        ),
    ],
)
def test_settings_are_refused_in_chinese(said: str, chinese: str) -> None:
    assert in_language(said, "zh") == chinese


def without_names(text: str) -> str:
    """Leave out what stands in quotes or backticks: names, values, commands."""
    return re.sub(r"`[^`]*`|'[^']*'|\"[^\"]*\"", "", text)


@pytest.mark.parametrize("key", words("messages"))
def test_both_languages_fill_in_the_same(key: str) -> None:
    text = words("messages")[key]
    english, chinese = (sorted(re.findall(r"\{(\w+)\}", text[name])) for name in ("en", "zh"))
    assert set(chinese) <= set(english)
    assert not ENGLISH.search(without_names(text["zh"]))


@pytest.mark.parametrize("code", words("reasons"))
def test_every_reason_and_remedy_is_chinese(code: str) -> None:
    reason = words("reasons")[code]
    for text in (reason["zh"], reason["remedy_zh"]):
        assert re.search("[一-鿿]", text)
        assert not ENGLISH.search(without_names(text))


def test_a_refusal_counts_in_chinese_and_leaves_the_error_as_it_is() -> None:
    error = TableError(
        "a.csv", ["byte 6 (0xff) is not utf-8.", "name the file's encoding (`encoding`)."]
    )
    assert refusal(error, "zh") == (
        "a.csv：2 处问题\n  - 第 6 个字节（0xff）不是 utf-8。\n  - 请注明文件编码（`encoding`）。"
    )
    assert refusal(error, "en") == str(error)


def test_what_stood_in_the_file_is_left_as_it_stood() -> None:
    cell = Remark(input="a.csv", reason="column_ignored", found="blank")
    ours = Remark(input="a.csv", reason="kind_from_name", found="甲站 -> day_care (日间照料)")
    assert found_in(quality_table([cell, ours]), "zh").tolist() == [
        "blank",
        "甲站 → 日间照料中心（日间照料）",
    ]


def chinese_study(case: str, folder: Path) -> Path:
    shutil.copytree(CORPUS / "b00_base", folder, dirs_exist_ok=True)
    shutil.copytree(CORPUS / case, folder, dirs_exist_ok=True)
    study = folder / "study.toml"
    study.write_bytes(study.read_bytes().replace(b'language = "en"', b'language = "zh"'))
    return study


TELLING = [case for case in CASES if {"says", "warning", "lost"} & expected(case).keys()]


@pytest.mark.parametrize("case", TELLING)
def test_check_speaks_chinese_in_every_case(
    case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "400")
    study = chinese_study(case, tmp_path)
    ended = CliRunner().invoke(cli.app, ["check", str(study), "--out", str(tmp_path / "清单")])
    assert ended.exception is None or isinstance(ended.exception, SystemExit)
    assert ended.exit_code == expected(case).get("check", expected(case)["exit"]), ended.stdout
    for line in ended.stdout.splitlines():
        assert not ENGLISH.search(without_names(line)), line


def test_what_is_quoted_stays_as_the_user_has_to_write_it() -> None:
    assert in_language("'facilities' is missing; every study file needs it.", "zh") == (
        "缺少 'facilities'；这是必填项。"
    )
