"""Write down where each file comes from."""

import hashlib
from pathlib import Path
from typing import Final

from lattice import SEED

DATE: Final = "2026-11-21"
LICENCE: Final = "CC0-1.0"
TITLES: Final = {
    "boundaries/elevation_made.tif": "示例区高程（示例数据）",
    "boundaries/population_made.tif": "示例区人口格网（示例数据）",
    "boundaries/residences.gpkg": "示例区居住小区边界与出入口（示例数据）",
    "boundaries/streets.osm.pbf": "示例区路网（示例数据）",
    "boundaries/zones.gpkg": "示例区行政区划（示例数据）",
    "facilities/facilities.xlsx": "示例区养老服务设施清单（示例数据）",
    "facilities/households.csv": "示例区居住小区户数（示例数据）",
}


def write_sources(folder: Path) -> None:
    """
    Write ``SOURCES.toml`` beside the files it describes.

    Parameters
    ----------
    folder
        The folder that holds ``boundaries`` and ``facilities``.
    """
    lines = ["# Written by data/make_example; do not edit by hand."]
    for path, title in TITLES.items():
        content = (folder / path).read_bytes()
        lines += [
            "",
            "[[file]]",
            f'path = "{path}"',
            f'title = "{title}"',
            "made = true",
            f'origin = "made by data/make_example, seed {SEED}"',
            f"date = {DATE}",
            f'licence = "{LICENCE}"',
            f'sha256 = "{hashlib.sha256(content).hexdigest()}"',
            f"bytes = {len(content)}",
        ]
    (folder / "SOURCES.toml").write_text("\n".join([*lines, ""]), encoding="utf-8", newline="\n")
