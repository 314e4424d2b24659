"""Write the pages that say what the program itself knows: ``python docs/make_pages.py``."""

import re
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from inspect import Parameter, signature
from pathlib import Path
from typing import Annotated, Final, Literal, get_args, get_origin, get_type_hints

import typer

from lifecircle.cli.command_line import app
from lifecircle.labels import Language, words
from lifecircle.read.quality import reasons
from lifecircle.tables import Column, TableName, columns_of
from lifecircle.units import parse_number

Command = Callable[..., None]

MADE: Final = "<!-- written by docs/make_pages.py -->\n\n"
ENDINGS: Final[Mapping[Language, str]] = {"en": "", "zh": "-zh"}

SAID: Final[Mapping[str, Mapping[Language, str]]] = {
    "reasons": {"en": "Reason codes", "zh": "原因代码"},
    "reasons_intro": {
        "en": "Every row of `quality.csv`, `quarantine.csv` and of `lifecircle check` has one of "
        "these codes. They are stable.",
        "zh": "`quality.csv`、`quarantine.csv` 与 `lifecircle check` 的每一行都有一个原因代码；"
        "代码不变。",
    },
    "reasons_head": {
        "en": "| code | meaning | what to do |",
        "zh": "| 代码 | 含义 | 处理办法 |",
    },
    "columns": {"en": "Columns of the inputs", "zh": "输入数据的列"},
    "columns_intro": {
        "en": "Each column may have any of the headers beside it, in Chinese or English; width, "
        "case, spaces, traditional characters and units in brackets do not matter. A header in "
        "*italics* counts only if nothing better is there. Any other header is named in the study "
        'file: `columns = { floor_area_m2 = "面积合计" }`.',
        "zh": "每一列可用所列的任一表头（中英文均可）；全半角、大小写、空格、繁体与括号中的单位"
        "不影响识别。*斜体*的表头只在没有更合适的列时采用。其他表头在研究文件中指明："
        '`columns = { floor_area_m2 = "面积合计" }`。',
    },
    "columns_head": {
        "en": "| column | headers | what belongs there |",
        "zh": "| 列 | 表头 | 填什么 |",
    },
    "facilities": {"en": "Facilities", "zh": "设施"},
    "residences": {"en": "Residences", "zh": "居住小区"},
    "zones": {"en": "Zones", "zh": "行政区划"},
    "gates": {"en": "Gates", "zh": "小区出入口"},
    "words": {"en": "Words", "zh": "可用的词"},
    "words_intro": {
        "en": "What a cell may hold, and what it is taken for.",
        "zh": "单元格可用的词及其含义。",
    },
    "words_head": {"en": "| word | written as |", "zh": "| 代码 | 写法 |"},
    "numbers": {"en": "Numbers", "zh": "数字"},
    "numbers_intro": {
        "en": "Numbers are read as people write them. What cannot be read is unknown with a "
        "reason, never 0.",
        "zh": "数字按人们的写法读取；读不出的按未知处理并写明原因，从不当作 0。",
    },
    "numbers_head": {"en": "| written | column | read as |", "zh": "| 写法 | 列 | 读作 |"},
    "commands": {"en": "Command line", "zh": "命令行"},
    "commands_intro": {
        "en": "Exit codes: 0 done; 2 mend the data; 3 mend the machine (a file that is open, a "
        "folder that cannot be written, no network); 70 a bug of ours.",
        "zh": "退出码：0 完成；2 改数据；3 改环境（文件被占用、目录不可写、网络不通）；"
        "70 程序自身的错误。",
    },
    "options_head": {
        "en": "| argument or option | default | meaning |",
        "zh": "| 参数或选项 | 默认 | 含义 |",
    },
    "needed": {"en": "needed", "zh": "必填"},
    "values": {"en": "One of", "zh": "可选"},
}
HOLDS: Final[Mapping[str, Mapping[Language, str]]] = {
    "text": {"en": "text", "zh": "文字"},
    "word": {"en": "one of [{column}](#{anchor})", "zh": "[{column}](#{anchor})之一"},
    "words": {
        "en": "one or several of [{column}](#{anchor})",
        "zh": "[{column}](#{anchor})，可多项",
    },
    "flag": {
        "en": "[yes or no](#{anchor}); blank: unknown",
        "zh": "[是或否](#{anchor})；空白为未知",
    },
    "mark": {"en": "[yes or no](#{anchor}); blank: no", "zh": "[是或否](#{anchor})；空白为否"},
    "points": {
        "en": "`114.31,30.52; 114.32,30.53`: where each gate is, in the `datum` of the table",
        "zh": "`114.31,30.52; 114.32,30.53`：各出入口的经纬度，坐标系同表格的 `datum`",
    },
    "coordinates": {"en": "longitude and latitude in one cell", "zh": "经纬度写在一格内"},
    "number": {"en": "{quantity}, {low} to {high}", "zh": "{quantity}，{low} 至 {high}"},
}
QUANTITIES: Final[Mapping[str, Mapping[Language, str]]] = {
    "area": {"en": "m²", "zh": "平方米"},
    "households": {"en": "households", "zh": "户"},
    "people": {"en": "people", "zh": "人"},
    "places": {"en": "places", "zh": "张或个"},
    "year": {"en": "year", "zh": "年份"},
    "storey": {"en": "storey", "zh": "楼层"},
    "weight": {"en": "weight", "zh": "系数"},
}
WRITTEN: Final = (
    ("1,200", "households"),
    ("7400户", "households"),
    ("总户数1400户 当期户数649户", "households"),
    ("10栋", "households"),
    ("约3.5万平方米", "floor_area_m2"),
    ("0.8公顷", "land_area_m2"),
    ("15亩", "land_area_m2"),
    ("300-500", "floor_area_m2"),
    ("暂无", "floor_area_m2"),
    ("二〇一五年", "open_year"),
    ("地下一层", "floor"),
)


def reasons_page(language: Language) -> str:
    """Lay out the reason codes."""
    rows = [
        f"| `{code}` | {text[language]} | {text[f'remedy_{language}']} |"
        for code, text in sorted(reasons().items())
    ]
    return _page("reasons", language, _table("reasons_head", rows, language))


def columns_page(language: Language) -> str:
    """Lay out every column of the inputs, its headers and what it may hold."""
    parts = [_columns(table, language) for table in ("facilities", "residences", "zones", "gates")]
    numbers = [_number_row(text, column, language) for text, column in WRITTEN]
    parts.append(
        f"## {SAID['numbers'][language]}\n\n{SAID['numbers_intro'][language]}\n\n"
        + _table("numbers_head", numbers, language)
    )
    parts.append(f"## {SAID['words'][language]}\n\n{SAID['words_intro'][language]}\n")
    parts += [_words(section, language) for section in _word_sections()]
    return _page("columns", language, "\n".join(parts))


def commands_page(language: Language) -> str:
    """Lay out every command with its arguments and options."""
    parts = [
        f"## lifecircle {path}\n\n{_in(language, command.__doc__ or '')}\n\n"
        + _table("options_head", _options(command, language), language)
        for path, command in commands()
    ]
    return _page("commands", language, "\n".join(parts))


def commands(group: typer.Typer = app, path: str = "") -> Iterator[tuple[str, Command]]:
    """Go through the commands, each with the words that call it."""
    for one in group.registered_commands:
        if one.callback is not None:
            yield f"{path} {one.name or one.callback.__name__}".strip(), one.callback
    for inner in group.registered_groups:
        if inner.typer_instance is not None:
            if inner.typer_instance.registered_callback is not None:
                alone = inner.typer_instance.registered_callback.callback
                if alone is not None:
                    yield f"{path} {inner.name}".strip(), alone
            yield from commands(inner.typer_instance, f"{path} {inner.name}".strip())


def pages() -> dict[str, str]:
    """Return the text of every page by its file name."""
    made = {"reasons": reasons_page, "columns": columns_page, "commands": commands_page}
    return {
        f"{name}{ENDINGS[language]}.md": page(language)
        for name, page in made.items()
        for language in ENDINGS
    }


def _page(name: str, language: Language, body: str) -> str:
    head = f"# {SAID[name][language]}\n\n{SAID[f'{name}_intro'][language]}\n\n"
    return MADE + head + body.rstrip() + "\n"


def _table(head: str, rows: list[str], language: Language) -> str:
    title = SAID[head][language]
    return "\n".join([title, "|---" * (title.count("|") - 1) + "|", *rows]) + "\n"


def _columns(table: TableName, language: Language) -> str:
    contract = columns_of(table)
    rows = []
    for name, said in words(f"columns.{table}").items():
        column = contract.get(name)
        headers = [said["zh"], said["en"], *_split(said.get("also", ""))]
        spare = [f"*{header}*" for header in _split(said.get("spare", ""))]
        shown = ", ".join([*dict.fromkeys(headers), *spare])
        rows.append(f"| `{name}` | {shown} | {_belongs(table, name, column, language)} |")
    return f"## {SAID[table][language]}\n\n" + _table("columns_head", rows, language)


def _belongs(table: TableName, name: str, column: Column | None, language: Language) -> str:
    told = words("template.column")
    own = told.get(f"{name}_of_{table}", told.get(name, {})).get(language)
    if column is None:
        return own or HOLDS.get(name, HOLDS["text"])[language]
    say = partial(HOLDS[column.holds][language].format, column=f"`{name}`")
    if column.holds == "number":
        quantity = QUANTITIES[column.quantity or ""][language]
        held = say(quantity=quantity, low=_limit(column, "low"), high=_limit(column, "high"))
    else:
        held = say(anchor=_section(table, name))
    parts = [f"**{SAID['needed'][language]}**" if column.needed else "", held, own or ""]
    return ("; " if language == "en" else "；").join(part for part in parts if part)


def _limit(column: Column, end: str) -> str:
    value = getattr(column, end)
    return f"{value:.0f}" if column.quantity == "year" else f"{value:,.10g}"


def _section(table: TableName, name: str) -> str:
    return f"status_{table}" if name == "status" else name


def _word_sections() -> list[str]:
    tables: tuple[TableName, ...] = ("facilities", "residences", "zones", "gates")
    found = [
        _section(table, name)
        for table in tables
        for name, column in columns_of(table).items()
        if column.holds in ("word", "words", "flag", "mark")
    ]
    return list(dict.fromkeys(found))


def _words(section: str, language: Language) -> str:
    rows = [
        f"| `{code}` | {', '.join(dict.fromkeys([*_split(text['zh']), *_split(text['en'])]))} |"
        for code, text in words(f"values.{section}").items()
    ]
    return f"### {section}\n\n" + _table("words_head", rows, language)


def _number_row(text: str, column: str, language: Language) -> str:
    contract = {**columns_of("facilities"), **columns_of("residences")}
    quantity = contract[column].quantity
    if quantity is None:
        raise ValueError(f"{column} holds no number.")
    number, reason = parse_number(text, quantity=quantity)
    page = f"reasons{ENDINGS[language]}.md"
    read = f"[`{reason}`]({page})" if reason else f"{number:.10g}"
    return f"| {text} | `{column}` | {read} |"


def _split(text: str) -> list[str]:
    return [part for part in text.split("|") if part]


def _options(command: Command, language: Language) -> list[str]:
    hints = get_type_hints(command, include_extras=True)
    return [
        _option(one, hints[name], language)
        for name, one in signature(command).parameters.items()
        if get_origin(hints[name]) is Annotated
    ]


def _option(parameter: Parameter, hint: object, language: Language) -> str:
    kind, info = get_args(hint)
    names = [one for one in (info.default, *(info.param_decls or ())) if isinstance(one, str)]
    written = ", ".join(names) or parameter.name.upper()
    said = [_in(language, info.help)]
    if listed := _listed(kind):
        offered = ", ".join(f"`{one}`" for one in listed)
        said.append(f"{SAID['values'][language]}: {offered}")
    return f"| `{written}` | {_default(parameter, language)} | {' '.join(said)} |"


def _listed(kind: object) -> list[str]:
    """List the words of a Literal, also of one that may be left out."""
    parts = [kind, *get_args(kind)]
    return [str(word) for one in parts if get_origin(one) is Literal for word in get_args(one)]


def _default(parameter: Parameter, language: Language) -> str:
    if parameter.default is Parameter.empty:
        return SAID["needed"][language]
    unset = parameter.default is None or parameter.default is False
    return "" if unset else f"`{parameter.default}`"


def _in(language: Language, text: str) -> str:
    """Take one language of a help text: English, then Chinese."""
    found = re.fullmatch(r"(?s)(.+?[.)?])\s+([^.]*?[一-鿿].*)", text.strip())
    if found is None:
        raise ValueError(f"a help text must be in English, then in Chinese: {text!r}")
    said = " ".join(found[1 if language == "en" else 2].split()).rstrip(".")
    return f"{said}{'.' if language == 'en' else '。'}"


if __name__ == "__main__":
    for name, text in pages().items():
        Path(__file__).with_name(name).write_text(text, encoding="utf-8")
