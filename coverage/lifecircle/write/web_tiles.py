"""The base map that a study may ask for: whose tiles, from which hosts, in which datum."""

from typing import TYPE_CHECKING, Final, NamedTuple

from lifecircle.datum import Datum

if TYPE_CHECKING:
    from lifecircle.study.base_map import BaseMapSettings

__all__ = ["Tiles", "base_tiles"]


class Tiles(NamedTuple):
    """
    A base map of picture tiles.

    Attributes
    ----------
    provider
        As in the study file.
    layers
        Addresses with ``{s}``, ``{x}``, ``{y}`` and ``{z}``, the lowest layer first.
    subdomains
        What stands for ``{s}``.
    hosts
        Where the pictures come from, all of them.
    datum
        What the pictures are drawn in, and so must be all that lies on them.
    max_zoom
        The nearest zoom that there are pictures of.
    """

    provider: str
    layers: tuple[str, ...]
    subdomains: str
    hosts: tuple[str, ...]
    datum: Datum
    max_zoom: int


# Tianditu's WMTS in Web Mercator ("w"): the map and, over it, its names; eight hosts.
_TIANDITU: Final = (
    "https://t{{s}}.tianditu.gov.cn/{layer}_w/wmts?SERVICE=WMTS&REQUEST=GetTile&VERSION=1.0.0"
    "&LAYER={layer}&STYLE=default&TILEMATRIXSET=w&FORMAT=tiles"
    "&TILEMATRIX={{z}}&TILEROW={{y}}&TILECOL={{x}}&tk={key}"
)
_AMAP: Final = (
    "https://webrd0{s}.is.autonavi.com/appmaptile?lang=zh_cn&size=1&scale=1&style=8"
    "&x={x}&y={y}&z={z}"
)


def base_tiles(settings: "BaseMapSettings | None") -> Tiles | None:
    """
    Find the tiles of the base map that a study asks for.

    Parameters
    ----------
    settings
        The study's ``base_map``.

    Returns
    -------
    tiles
        None where the study asks for no base map.
    """
    if settings is None:
        return None
    key = "" if settings.key is None else settings.key.get_secret_value()
    tianditu = settings.provider == "tianditu"
    subdomains = "01234567" if tianditu else "1234"
    layers = tuple(_TIANDITU.format(layer=layer, key=key) for layer in ("vec", "cva"))
    shown = layers if tianditu else (_AMAP,)
    host = shown[0].split("/")[2]
    return Tiles(
        provider=settings.provider,
        layers=shown,
        subdomains=subdomains,
        hosts=tuple(f"https://{host.replace('{s}', one)}" for one in subdomains),
        datum="wgs84" if tianditu else "gcj02",
        max_zoom=18,
    )
