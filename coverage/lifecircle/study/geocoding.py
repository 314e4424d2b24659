"""The settings of geocoding: which service is asked, and how."""

from collections.abc import Mapping
from typing import Final

from pydantic import BaseModel, ConfigDict, Field

from lifecircle.datum import Datum

__all__ = ["GeocodingSettings"]

# In which datum services answer by themselves. Nominatim, Photon and PickPoint answer from
# OpenStreetMap, which is WGS84; Baidu's interface says `ret_coordtype`, by default bd09ll.
_OWN_DATUM: Final[Mapping[str, Datum]] = {
    "nominatim": "wgs84",
    "photon": "wgs84",
    "pickpoint": "wgs84",
    "baidu": "bd09",
    "baiduv3": "bd09",
}


class GeocodingSettings(BaseModel):
    """
    How addresses become coordinates.

    Attributes
    ----------
    geocoder
        The name of a service, as ``geopy.geocoders.get_geocoder_for_service`` knows it.
    options
        What its class takes: ``domain``, ``scheme``, ``timeout``, ... Keys do not belong here.
    key_env
        The environment variable that holds the service's key.
    datum
        What its answers are: needed where the service is not known to answer in one of its own.
    min_delay_s
        Seconds between two questions; the public Nominatim wants at least one.
    city
        Put before each address that does not name it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    geocoder: str = Field(min_length=1)
    options: Mapping[str, str | int | float | bool] = Field(default_factory=dict)
    key_env: str | None = Field(default=None, min_length=1)
    datum: Datum | None = None
    min_delay_s: float = Field(default=1.0, ge=0, le=3600)
    city: str = ""

    @property
    def answers_in(self) -> Datum | None:  # numpydoc ignore=RT01
        """Return the datum of the answers; None if it is not known."""
        return self.datum or _OWN_DATUM.get(self.geocoder.lower())
