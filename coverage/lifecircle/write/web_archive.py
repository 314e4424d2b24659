"""Vector tiles for the web map of a large city: residences as one PMTiles archive."""

import tempfile
from pathlib import Path
from typing import Final

import geopandas as gpd
import numpy as np
import pyogrio

__all__ = ["LEAST_TILED", "TILE_ZOOMS", "residence_archive"]

LEAST_TILED: Final = 20_000
"""From so many residences and facilities on, residences are drawn from tiles."""

TILE_ZOOMS: Final = (10, 14)
"""The zooms that there are tiles of; a step of a tile's grid is 9.6 m and 0.6 m at the equator."""

# GDAL's MVT driver otherwise drops features from tiles of over 500 kB or 200,000 features. The
# buffer, in steps of which a tile has 4,096, is wide enough for the thickest outline.
_WRITING: Final = {
    "MINZOOM": TILE_ZOOMS[0],
    "MAXZOOM": TILE_ZOOMS[1],
    "MAX_SIZE": 1_000_000_000,
    "MAX_FEATURES": 100_000_000,
    "BUFFER": 80,
    "NAME": "residences",
}


def residence_archive(places: gpd.GeoSeries) -> bytes:
    """
    Cut residences into vector tiles.

    Parameters
    ----------
    places
        In degrees of the map's datum, in the order of the map's other columns.

    Returns
    -------
    archive
        A PMTiles file with the layer ``residences``, whose only field ``row`` is the position in
        `places`: no name, number or id of a residence stands in it. The same places give the same
        bytes.
    """
    drawn = gpd.GeoDataFrame(
        {"row": np.arange(len(places), dtype=np.int32)},
        geometry=gpd.GeoSeries(places.to_numpy(), crs="EPSG:4326"),
    )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "residences.pmtiles"
        pyogrio.write_dataframe(
            drawn, path, driver="PMTiles", layer="residences", dataset_options=_WRITING
        )
        return path.read_bytes()
