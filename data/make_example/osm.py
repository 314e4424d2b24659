"""Collect nodes and ways in OpenStreetMap's form, and write them as a PBF file."""

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import osmium
from lattice import Place, degrees_of
from osmium.io import Header
from osmium.osm.mutable import Node, Way

__all__ = ["OsmFile"]

FIRST_WAY_ID = 1_000_001


@dataclass(kw_only=True, slots=True)
class OsmFile:
    """
    The nodes and ways made so far; one place is one node.

    Attributes
    ----------
    places
        Where each node stands, by node id.
    node_tags
        Tags of the nodes that have any.
    ways
        Node ids and tags of each way.
    """

    places: dict[int, Place] = field(default_factory=dict)
    node_tags: dict[int, dict[str, str]] = field(default_factory=dict)
    ways: list[tuple[list[int], dict[str, str]]] = field(default_factory=list)
    _ids: dict[Place, int] = field(default_factory=dict)

    def node(self, place: Place, **tags: str) -> int:
        """
        Name the node at a place, made at need.

        Parameters
        ----------
        place
            Lattice address.
        **tags
            Tags to add to the node.

        Returns
        -------
        node_id
            The same for the same place.
        """
        key = (round(place[0], 4), round(place[1], 4))
        node_id = self._ids.setdefault(key, len(self._ids) + 1)
        self.places[node_id] = key
        if tags:
            self.node_tags.setdefault(node_id, {}).update(tags)
        return node_id

    def way(self, places: list[Place], **tags: str) -> None:
        """
        Add a way.

        Parameters
        ----------
        places
            Lattice addresses in order; a way round an area ends where it began.
        **tags
            Tags of the way.
        """
        self.ways.append(([self.node(place) for place in places], tags))

    def write(self, path: Path) -> None:
        """
        Write everything as a PBF file without time stamps.

        Parameters
        ----------
        path
            The file; an old one is replaced.
        """
        header = Header()
        header.set("generator", "data/make_example (made data, no real place)")
        lon_lat = degrees_of(list(self.places.values()))
        header.add_box(_box(lon_lat))
        with osmium.SimpleWriter(str(path), header=header, overwrite=True) as writer:
            for node_id, (lon, lat) in zip(self.places, lon_lat, strict=True):
                tags = self.node_tags.get(node_id, {})
                location = (float(lon), float(lat))
                writer.add_node(Node(id=node_id, version=1, location=location, tags=tags))
            for way_id, (refs, tags) in enumerate(self.ways, FIRST_WAY_ID):
                writer.add_way(Way(id=way_id, version=1, nodes=refs, tags=tags))


def _box(lon_lat: np.ndarray) -> osmium.osm.Box:
    west, south = lon_lat.min(axis=0)
    east, north = lon_lat.max(axis=0)
    return osmium.osm.Box(float(west), float(south), float(east), float(north))
