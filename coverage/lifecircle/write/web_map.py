"""The web map: one HTML file that explains every verdict and asks nobody for anything."""

import base64
import hashlib
import json
import re
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Final

import folium
from branca.element import Figure
from folium.template import Template

from lifecircle.errors import OutputError
from lifecircle.labels import Language
from lifecircle.write.bundle import discard
from lifecircle.write.edition import Edition
from lifecircle.write.web_data import map_data
from lifecircle.write.web_tiles import base_tiles

if TYPE_CHECKING:
    from lifecircle.assessment import Assessment
    from lifecircle.whatif.robustness import Robustness

__all__ = ["draw_web_map", "write_web_map"]

# In this order: they are joined into one script.
SCRIPTS: Final = (
    "values.js",
    "symbols.js",
    "shapes.js",
    "backdrop.js",
    "base.js",
    "layers.js",
    "tiles.js",
    "zones.js",
    "filters.js",
    "side.js",
    "robustness.js",
    "panel.js",
    "start.js",
)
# What would end the JSON island early, or a JavaScript line where JSON is read as a script.
UNSAFE_IN_SCRIPT: Final = {ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&\u2028\u2029"}


def write_web_map(
    assessment: "Assessment",
    path: Path,
    *,
    language: Language,
    robustness: "Robustness | None" = None,
    edition: Edition = "internal",
) -> None:
    """
    Write an assessment as a map in one HTML file.

    The file opens without a network, in any browser of the last years. The same assessment gives
    the same bytes. Only where the study asks for a base map does it ask for pictures, of that
    provider and nobody else.

    Parameters
    ----------
    assessment
        The result of a study.
    path
        The file to write; its folder is made, and an older file replaced only when the new one
        is whole.
    language
        Of every word on the map that is not a name.
    robustness
        Which verdicts hold under doubt, if that was asked; the public does not get it.
    edition
        ``internal``: everything, marked as internal. ``public``: zones with their sums, without
        any residence or facility.

    Raises
    ------
    OutputError
        If the file cannot be written.
    """
    web_map = draw_web_map(assessment, language=language, robustness=robustness, edition=edition)
    page = web_map.get_root().render()
    part = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.write_bytes(page.encode())
        part.replace(path)
    except OSError as error:
        discard(part)
        problem = f"cannot be written ({error.strerror}); close it, or choose another folder."
        raise OutputError(str(path), [problem]) from error


def draw_web_map(
    assessment: "Assessment",
    *,
    language: Language,
    robustness: "Robustness | None" = None,
    edition: Edition = "internal",
) -> folium.Map:
    """
    Draw an assessment as a Folium map, to be shown in a notebook.

    Leaflet and everything else the page needs is inside it; its content security policy lets
    nothing else run or load, so layers that need other libraries cannot be added.

    Parameters
    ----------
    assessment
        The result of a study.
    language
        Of every word on the map that is not a name.
    robustness
        Which verdicts hold under doubt, if that was asked; the public does not get it.
    edition
        ``internal``: everything, marked as internal. ``public``: zones with their sums, without
        any residence or facility.

    Returns
    -------
    web_map
        A map that renders to one HTML page.
    """
    web_map = _OfflineMap()
    data = map_data(assessment, language=language, robustness=robustness, edition=edition)
    tiles = base_tiles(assessment.study.base_map)
    _OfflinePage(data, language, hosts=() if tiles is None else tiles.hosts).add_child(web_map)
    return web_map


class _OfflineMap(folium.Map):
    """A Folium map without tiles, whose place and layers are drawn by the scripts in ``web``."""

    _template = Template("""
        {% macro html(this, kwargs) -%}
        <div class="folium-map" id="{{ this.get_name() }}"></div>
        {%- endmacro %}
        {% macro script(this, kwargs) -%}
        const {{ this.get_name() }} = L.map({{ this.get_name()|tojson }}, Object.assign(
            {center: {{ this.location|tojson }}}, {{ this.options|tojavascript }}));
        drawStudy({{ this.get_name() }});
        {%- endmacro %}
    """)

    def __init__(self) -> None:
        super().__init__(
            tiles=None,
            prefer_canvas=True,
            zoom_control=False,
            attribution_control=False,
            min_zoom=7,
            max_zoom=19,
            zoom_snap=0.25,
        )
        self._id = "lifecircle"  # folium's own is random
        self.default_js = []  # folium's own are addresses
        self.default_css = []


class _OfflinePage(Figure):
    """
    A page that holds all it needs, and forbids the rest by its content security policy.

    The data never pass through a template: branca reads what it is given as Jinja once more.
    """

    def __init__(
        self, data: dict[str, object], language: Language, *, hosts: tuple[str, ...]
    ) -> None:
        super().__init__(height="640px")
        self.hosts = hosts
        self.data = data
        self.language = language

    def render(self, **kwargs: object) -> str:
        """Render the whole page."""
        for child in self._children.values():
            child.render(**kwargs)
        style = _leaflet_style() + _asset("map.css")
        library = _leaflet_script() + (_tiles_script() if self.data["tiles"] else "")
        script = "".join(map(_asset, SCRIPTS)) + self.script.render(**kwargs)
        page: str = Template(_asset("page.html")).render(
            language={"zh": "zh-CN", "en": "en"}[self.language],
            policy=_policy(styles=[style], scripts=[library, script], hosts=self.hosts),
            style=style,
            library=library,
            script=script,
            html=self.html.render(**kwargs),
            island=_island(self.data),
        )
        return page


def _island(data: dict[str, object]) -> str:
    """Write JSON that is only data inside a script element, whatever texts it holds."""
    text = json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    whole = text.encode("utf-8", "backslashreplace").decode()  # half a surrogate pair
    return whole.translate(UNSAFE_IN_SCRIPT)


def _policy(*, styles: list[str], scripts: list[str], hosts: tuple[str, ...]) -> str:
    """Allow the page's scripts and styles, by their hashes, and a base map's pictures."""
    return "; ".join(
        [
            "default-src 'none'",
            f"script-src {' '.join(map(_hash_source, scripts))}",
            f"style-src {' '.join(map(_hash_source, styles))}",
            " ".join(["img-src data:", *hosts]),
            "base-uri 'none'",
            "form-action 'none'",
        ]
    )


def _hash_source(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


def _leaflet_script() -> str:
    return _library("leaflet.js", "leaflet.LICENSE")


def _tiles_script() -> str:
    """Return what reads and paints vector tiles: for large cities only."""
    name = "protomaps-leaflet"
    return _library(f"{name}.js", f"{name}.LICENSE", f"{name}.bundled.LICENSE")


def _library(script: str, *licences: str) -> str:
    """Return a library under its licences, without the pointer to a file that is not here."""
    text = _asset(script).partition("//# sourceMappingURL=")[0]
    return f"/*\n{''.join(map(_asset, licences))}*/\n{text}"


def _leaflet_style() -> str:
    """Return Leaflet's style sheet without its pictures, which this map does not use."""
    return re.sub(r"url\(images/[^)]*\)", "none", _asset("leaflet.css"))


@cache
def _asset(name: str) -> str:
    return files("lifecircle.write").joinpath("web", name).read_text(encoding="utf-8")
