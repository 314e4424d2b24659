"""The tables of docs/engines.md and its Chinese page, for ``compare_engines``; no script itself."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final, Literal

import numpy as np
import pandas as pd

Language = Literal["en", "zh"]

OFF_SHARE: Final = 0.05  # farther off than this, a pair is explained one by one
SAME_SHARE: Final = 0.01
CIRCLE_M: Final = 900  # 15 minutes at 1 m/s

PAGES: Final[Mapping[Language, Path]] = {
    language: Path(__file__).parents[1] / f"docs/engines{ending}.md"
    for language, ending in (("en", ""), ("zh", "-zh"))
}
HEADS: Final[Mapping[str, Mapping[Language, str]]] = {
    "agreement": {
        "en": "| compared with LifeCircle | pairs | median | 95th percentile | worst | within 1 % "
        "| within 5 % |\n|---|--:|--:|--:|--:|--:|--:|",
        "zh": "| 与 LifeCircle 相比 | 对数 | 中位差 | 第 95 百分位 | 最大 | 1% 以内 | 5% 以内 |\n"
        "|---|--:|--:|--:|--:|--:|--:|",
    },
    "causes": {
        "en": "| cause | pairs | of these without a way in LifeCircle | example: way |\n"
        "|---|--:|--:|--:|",
        "zh": "| 原因 | 对数 | 其中 LifeCircle 无路可走 | 例：路的编号 |\n|---|--:|--:|--:|",
    },
    "places": {
        "en": "| the places are moved by | median | over 1 m | farthest |\n|---|--:|--:|--:|",
        "zh": "| 地点被移动 | 中位 | 超过 1 m | 最远 |\n|---|--:|--:|--:|",
    },
}
ROWS: Final[Mapping[str, Mapping[Language, str]]] = {
    "time": {"en": "Valhalla's time, as it comes", "zh": "Valhalla 的时间（原样）"},
    "circle": {"en": "the same, for walks up to 900 m", "zh": "同上，900 m 以内的步行"},
    "metres": {"en": "its metres instead of its seconds", "zh": "用它的米数代替秒数"},
    "plane": {"en": "its line, in the study's metres", "zh": "它的路线（按研究坐标系量算）"},
    "shortest": {"en": "its shortest line (`shortest`)", "zh": "它的最短路线（`shortest`）"},
    "alike": {
        "en": "the same; LifeCircle with Valhalla's tags and starts",
        "zh": "同上；LifeCircle 改用 Valhalla 的标签解读与起讫点",
    },
    "networkx": {"en": "networkx, on LifeCircle's network", "zh": "networkx，用 LifeCircle 的路网"},
    "along": {
        "en": "osmnx's walk graph, from the same points",
        "zh": "osmnx 步行图，同样的起讫点",
    },
    "junctions": {
        "en": "osmnx's walk graph, from the nearest junctions",
        "zh": "osmnx 步行图，最近路口",
    },
}
CAUSES: Final[Mapping[str, Mapping[Language, str]]] = {
    "loose pieces": {"en": "a place on a loose piece of street", "zh": "地点在孤立的路段上"},
    "start": {"en": "a place put on another street", "zh": "地点被放到另一条路上"},
    "squares": {"en": "squares", "zh": "广场"},
    "cycle tracks": {"en": "cycle tracks", "zh": "自行车道"},
    "mountain paths": {"en": "mountain paths", "zh": "山间小径"},
    "cut ways": {"en": "ways cut at the rim of the file", "zh": "文件边缘被截断的路"},
    "one-way walks": {"en": "one-way signs on footways", "zh": "步行道上的单行标记"},
    "fast roads": {"en": "fast roads", "zh": "快速路"},
    "private ways": {"en": "private ways", "zh": "私有道路"},
    "fords": {"en": "fords", "zh": "涉水路段"},
    "barriers": {"en": "barriers on nodes", "zh": "节点上的障碍"},
    "preferences": {"en": "Valhalla's preferences", "zh": "Valhalla 的偏好"},
    "sphere": {"en": "Valhalla's sphere", "zh": "Valhalla 的球面"},
    "waits": {"en": "Valhalla's waits and slow paths", "zh": "Valhalla 的等候与慢速小径"},
    "rest": {"en": "not explained", "zh": "未能解释"},
}
MOVERS: Final = {"snap_m": "LifeCircle", "moved_m": "Valhalla"}


def written(
    walks: pd.DataFrame, causes: pd.DataFrame, *, language: Language = "en"
) -> dict[str, list[str]]:
    """Write the tables in Markdown, line by line."""
    rows = {
        "agreement": {ROWS[name][language]: cells for name, cells in agreement(walks).items()},
        "causes": {CAUSES[name][language]: cells for name, cells in counted(causes).items()},
        "places": moved(walks),
    }
    return {
        name: [*HEADS[name][language].split("\n")]
        + ["| " + " | ".join([title, *cells]) + " |" for title, cells in table.items()]
        for name, table in rows.items()
    }


def write_pages(walks: pd.DataFrame, causes: pd.DataFrame) -> None:
    """Put the tables into the pages, each after the comment with its name."""
    for language, page in PAGES.items():
        text = page.read_text(encoding="utf-8")
        for name, lines in written(walks, causes, language=language).items():
            table = "\n".join(lines)
            found = rf"(<!-- {name} -->\n\n)(?:\|.*\n)*\n?"
            text = re.sub(found, lambda hit, new=table: f"{hit[1]}{new}\n\n", text)
        page.write_text(text, encoding="utf-8")


def agreement(walks: pd.DataFrame) -> dict[str, list[str]]:
    """Tell how far off each engine is, where both find a way."""
    return {name: spread(*_compared(walks, name)) for name in ROWS}


def _compared(walks: pd.DataFrame, name: str) -> tuple[pd.Series, pd.Series]:
    if name == "circle":
        near = walks[walks["ours"] <= CIRCLE_M]
        return near["ours"], near["time"]
    if name == "alike":
        return walks["ours_alike"], walks["shortest"]
    return walks["ours"], walks[name]


def spread(ours: pd.Series, other: pd.Series) -> list[str]:
    """Write how many walks are compared, how far apart they are, and the shares that are near."""
    both = np.isfinite(ours) & np.isfinite(other)
    off = (other[both] / ours[both] - 1).abs()
    shares = [off.median(), off.quantile(0.95), off.max()]
    within = [(off <= share).mean() for share in (SAME_SHARE, OFF_SHARE)]
    return [
        str(both.sum()),
        *(f"{share:.2%}" for share in shares),
        *(f"{share:.1%}" for share in within),
    ]


def counted(causes: pd.DataFrame) -> dict[str, list[str]]:
    """Count how often each cause is the largest part of a difference, with one of its ways."""
    pairs = causes["cause"].value_counts()
    order = [*CAUSES]
    table = {}
    for cause in sorted(pairs.index, key=lambda name: (-pairs[name], order.index(name))):
        group = causes[causes["cause"] == cause]
        named = [ways.split()[0] for ways in group["ways"] if ways]
        lost = int(np.isinf(group["ours"]).sum())
        table[cause] = [str(len(group)), str(lost), named[0] if named else ""]
    return table


def moved(walks: pd.DataFrame) -> dict[str, list[str]]:
    """Tell how far the engines move the places of a pair, the farther one of each."""
    return {
        title: [
            f"{walks[name].median():.3f} m",
            str((walks[name] > 1).sum()),
            f"{walks[name].max():.1f} m",
        ]
        for name, title in MOVERS.items()
    }
