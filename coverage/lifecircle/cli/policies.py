"""Commands on policy documents: standards, standards show, standards compare."""

from typing import Annotated

import typer
from rich.console import Console

from lifecircle.labels import Language

__all__ = ["standards"]

standards = typer.Typer(
    help="Policy documents as data: listed, shown, compared. 政策标准", invoke_without_command=True
)

StandardName = Annotated[
    str, typer.Argument(help="A shipped standard's id, or a profile's path. 标准编号或文件")
]
PageLanguage = Annotated[Language, typer.Option("--language", help="Of the table. 语言")]


@standards.callback()
def list_standards(  # numpydoc ignore=PR01
    context: typer.Context, language: PageLanguage = "zh"
) -> None:
    """List the standards that come with lifecircle. 列出自带标准."""
    if context.invoked_subcommand is not None:
        return
    from lifecircle.standards import read_standard, shipped_standards
    from lifecircle.write.standard_pages import standards_table

    shipped = [read_standard(name) for name in shipped_standards()]
    Console().print(standards_table(shipped, language))


@standards.command()
def show(  # numpydoc ignore=PR01
    standard: StandardName,
    *,
    markdown: Annotated[
        bool, typer.Option("--markdown", help="As a page of the documentation. 输出文档页")
    ] = False,
    language: PageLanguage = "zh",
) -> None:
    """Show one standard, rule by rule. 显示一份标准."""
    from lifecircle.standards import read_standard
    from lifecircle.write import standard_pages

    read = read_standard(standard)
    if markdown:
        page = standard_pages.standard_markdown(read, language)
        Console().print(page, markup=False, highlight=False, soft_wrap=True, end="")
    else:
        Console().print(standard_pages.standard_table(read, language))


@standards.command()
def compare(  # numpydoc ignore=PR01
    one: StandardName, other: StandardName, *, language: PageLanguage = "zh"
) -> None:
    """Set two standards side by side. 比较两份标准."""
    from lifecircle.standards import read_standard
    from lifecircle.write.standard_pages import comparison_table

    table = comparison_table(read_standard(one), read_standard(other), language)
    Console().print(table)
