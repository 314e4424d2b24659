"""How equally floor area is shared, as a figure: the Lorenz curve of all residences."""

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.ticker import PercentFormatter

from lifecircle.write.palette import VERDICT_COLORS
from lifecircle.write.plan_map.fonts import find_font
from lifecircle.write.report.content import Picture, Text
from lifecircle.write.report.maps import packed_picture
from lifecircle.write.report.material import Material, printed_share

__all__ = ["draw_lorenz", "equity_parts", "equity_sentence"]

_SIDE_MM = 90.0
_MM_PER_INCH = 25.4
_TEXT_PT = 9


def equity_parts(material: Material) -> list[Text | Picture]:
    """
    Say and draw how equally residences are served.

    Parameters
    ----------
    material
        What the report is made of.

    Returns
    -------
    parts
        A sentence and the curve; none where nobody has anything.

    Raises
    ------
    OutputError
        If no font has the characters.
    """
    sentence = equity_sentence(material)
    if not sentence:
        return []
    picture = Picture(
        caption=material.say("figure_lorenz"),
        png=packed_picture(draw_lorenz(material)),
        width_mm=_SIDE_MM,
        height_mm=_SIDE_MM,
    )
    return [Text(text=sentence), Text(text=material.say("lorenz")), picture]


def equity_sentence(material: Material) -> str:
    """
    Say the mean served ratio and the Gini coefficient.

    Parameters
    ----------
    material
        What the report is made of.

    Returns
    -------
    sentence
        Empty where nobody has anything.
    """
    equity = material.assessment.equity
    whole = equity[equity["level"] == "area"]
    if whole.empty or pd.isna(whole["gini"].iloc[0]):
        return ""
    mean, gini = whole["mean_served_ratio"].iloc[0], whole["gini"].iloc[0]
    return material.say("equity", mean=printed_share(mean), gini=f"{gini:.3f}")


def draw_lorenz(material: Material) -> Figure:
    """
    Draw the Lorenz curve of the whole area beside the line of equality.

    Parameters
    ----------
    material
        What the report is made of.

    Returns
    -------
    figure
        Square, with its axes in per cent, and each line named beside it.

    Raises
    ------
    OutputError
        If no font has the characters.
    """
    lorenz = material.assessment.lorenz
    curve = lorenz[lorenz["level"] == "area"]
    words = {key: material.say(f"lorenz_{key}") for key in ("across", "up", "equal", "curve")}
    font = FontProperties(family=list(find_font(words.values()).families[:1]), size=_TEXT_PT)
    figure = Figure(figsize=(_SIDE_MM / _MM_PER_INCH, _SIDE_MM / _MM_PER_INCH), facecolor="white")
    axes = figure.add_axes((0.16, 0.14, 0.8, 0.82))
    across, up = curve["households_share"], curve["ratio_share"]
    color = VERDICT_COLORS["met"]
    axes.plot([0, 1], [0, 1], color="#5a5a5a", linewidth=1, linestyle="--", label=words["equal"])
    axes.plot(across, up, color=color.line, linewidth=2, label=words["curve"])
    axes.fill_between(across, up, across, color=color.fill, alpha=0.25, linewidth=0)
    axes.set(xlim=(0, 1), ylim=(0, 1), aspect="equal")
    axes.set_xlabel(words["across"], fontproperties=font)
    axes.set_ylabel(words["up"], fontproperties=font)
    axes.legend(loc="upper left", prop=font, frameon=False)
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(PercentFormatter(xmax=1, decimals=0))
        for tick in axis.get_ticklabels():
            tick.set_fontproperties(font)
    axes.grid(color="#dddddd", linewidth=0.5)
    return figure
