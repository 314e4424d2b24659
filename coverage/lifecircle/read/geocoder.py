"""Ask a geocoder where addresses are: politely, one after the other, and never in silence."""

import inspect
import os
import unicodedata
from collections.abc import Callable, Iterator
from importlib import import_module
from importlib.metadata import version
from types import ModuleType
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import pandas as pd
import shapely
from pyproj import CRS

from lifecircle.datum import Datum
from lifecircle.errors import FetchError, StudyError
from lifecircle.read.vectors import project_degrees
from lifecircle.study import GeocodingSettings

if TYPE_CHECKING:
    from geopy.geocoders.base import Geocoder
    from geopy.location import Location

__all__ = ["Answer", "Question", "ask_geocoder", "open_geocoder"]

Question = Callable[[str], "Answer | None"]

_MOST_TEXT: Final = 200
_KEYS: Final = ("api_key", "apikey", "subscription_key", "auth_token", "username", "app_code")
_SECRETS: Final = ("key", "token", "password", "secret", "username", "app_code", "auth_id")
_KEYLESS: Final = ("pelias", "arcgis", "ignfrance")  # these may have one
_NOT_SET: Final = ("self", "adapter_factory", "ssl_context", *_KEYS)


class Answer(NamedTuple):
    """
    What a service says of one address.

    Attributes
    ----------
    longitude, latitude
        Degrees, in the service's datum.
    matched
        The address that it takes it for.
    accuracy
        What kind of thing it found, or how sure it is, if it says so.
    """

    longitude: float
    latitude: float
    matched: str
    accuracy: str


def open_geocoder(settings: GeocodingSettings) -> Question:
    """
    Make ready to ask the service that a study names.

    Parameters
    ----------
    settings
        Which one, and how.

    Returns
    -------
    question
        Answers one address at a time, with the delay that the settings ask for; None for an address
        that the service does not know. It raises `FetchError` if the service fails.

    Raises
    ------
    StudyError
        If geopy is not installed, or for everything that is wrong with the settings, at once.
    """
    geopy = _geopy()
    geocoder = _geocoder(geopy, settings)
    from geopy.extra.rate_limiter import RateLimiter  # noqa: PLC0415 - geopy is an extra

    patient = RateLimiter(
        geocoder.geocode,
        min_delay_seconds=settings.min_delay_s,
        max_retries=0,
        error_wait_seconds=settings.min_delay_s,
        swallow_exceptions=False,
    )

    def question(address: str) -> Answer | None:
        try:
            found = patient(_with_city(address, settings.city))
            return None if found is None else _answer(found)
        except geopy.exc.GeocoderQueryError:
            return None  # this address is refused; the others may be fine
        except geopy.exc.GeopyError as error:
            raise FetchError(settings.geocoder, [_problem(error)]) from None
        except (AttributeError, KeyError, IndexError, TypeError, ValueError):
            problem = "its answer cannot be understood; look at `options`, or ask another service."
            raise FetchError(settings.geocoder, [problem]) from None

    return question


def ask_geocoder(
    rows: pd.DataFrame, question: Question, *, datum: Datum, crs: CRS, reach: shapely.Geometry
) -> Iterator[tuple[dict[str, object], str | None]]:
    """
    Ask for the address of each row.

    Parameters
    ----------
    rows
        As `lifecircle.read.geocoded.rows_to_geocode` gives them.
    question
        As `open_geocoder` gives it.
    datum
        What the service's degrees are.
    crs
        The study's coordinate system.
    reach
        Where a place must lie, in `crs`.

    Yields
    ------
    line
        The row with ``longitude``, ``latitude``, ``datum``, ``matched`` and ``accuracy``, if there
        is an answer.
    refusal
        ``not_geocoded`` (no answer), ``geocoded_elsewhere`` (an answer beyond `reach`), or None.
    """
    shapely.prepare(reach)
    for row in rows.to_dict("records"):
        line = {str(name): value for name, value in row.items()}
        found = question(str(row["address"]))
        if found is None:
            yield line, "not_geocoded"
            continue
        degrees = np.array([shapely.Point(found.longitude, found.latitude)], dtype=object)
        place = project_degrees(degrees, datum=datum, crs=crs)[0]
        line |= found._asdict() | {"datum": datum}
        yield line, None if shapely.intersects(reach, place) else "geocoded_elsewhere"


def _geopy() -> ModuleType:
    try:
        return import_module("geopy")  # an extra
    except ImportError:
        problem = 'addresses are geocoded by geopy: `pip install "lifecircle[geocode]"`.'
        raise StudyError("geocode", [problem]) from None


def _geocoder(geopy: ModuleType, settings: GeocodingSettings) -> "Geocoder":
    try:
        service = geopy.geocoders.get_geocoder_for_service(settings.geocoder)
    except geopy.exc.GeocoderNotFound:
        known = ", ".join(sorted(geopy.geocoders.SERVICE_TO_GEOCODER))
        problem = f"'geocoder' names no service; found {settings.geocoder!r}, known are {known}."
        raise StudyError("geocoding", [problem]) from None
    taken = list(inspect.signature(service).parameters)
    problems = _settings_problems(settings, taken)
    taker = next((name for name in _KEYS if name in taken), None)
    key = os.environ.get(settings.key_env or "", "")
    problems += _key_problems(settings, key, taker)
    if problems:
        raise StudyError("geocoding", problems)
    keys = {} if taker is None or not key else {taker: key}
    # The library's own adapter asks once; the one of `requests` asks again, whatever the delay.
    ours = {"adapter_factory": geopy.adapters.URLLibAdapter}
    agent = {"user_agent": f"lifecircle/{version('lifecircle')}"}
    try:
        return service(**agent | dict(settings.options) | keys | ours)
    except (geopy.exc.GeopyError, TypeError, ValueError) as error:
        problem = f"the service cannot be set up with these options: {error}."
        raise StudyError("geocoding", [problem]) from None


def _settings_problems(settings: GeocodingSettings, taken: list[str]) -> list[str]:
    secret = [name for name in settings.options if any(word in name for word in _SECRETS)]
    problems = [
        f"'options' holds {name!r}: keys do not belong into a study file; put it into an "
        "environment variable, and name that by 'key_env'."
        for name in secret
    ]
    known = [name for name in taken if name not in _NOT_SET]
    problems += [
        f"'options' holds {name!r}, which {settings.geocoder} does not take; it takes "
        f"{', '.join(known)}."
        for name in settings.options
        if name not in known and name not in secret
    ]
    if settings.answers_in is None:
        problems.append(
            f"say by 'datum' what the answers of {settings.geocoder} are: wgs84, cgcs2000, gcj02 "
            "or bd09 (services answer in GCJ-02 or BD-09 in China more often than not)."
        )
    return problems


def _key_problems(settings: GeocodingSettings, key: str, taker: str | None) -> list[str]:
    if settings.key_env is None:
        wants = "the environment variable that holds its key by 'key_env'"
        keyless = taker is None or settings.geocoder.lower() in _KEYLESS
        return [] if keyless else [f"{settings.geocoder} wants a key; name {wants}."]
    if taker is None:
        return [f"{settings.geocoder} takes no key; leave 'key_env' out."]
    if not key:
        return [f"the environment variable {settings.key_env!r} is not set; set it to the key."]
    return []


def _with_city(address: str, city: str) -> str:
    return address if not city or city in address else f"{city}{address}"


def _answer(found: "Location") -> Answer:
    raw = found.raw
    kind = next((raw[name] for name in ("addresstype", "type", "level") if raw.get(name)), "")
    return Answer(
        longitude=float(found.longitude),
        latitude=float(found.latitude),
        matched=_plain(found.address),
        accuracy=_plain(kind),
    )


def _plain(text: object) -> str:
    """Leave out what could command a terminal, and line breaks."""
    kept = "".join(
        " " if unicodedata.category(sign).startswith(("C", "Z")) else sign for sign in str(text)
    )
    return " ".join(kept.split())[:_MOST_TEXT]


def _problem(error: Exception) -> str:
    """Name the fault without its text, in which the key may stand."""
    status = getattr(error.__cause__, "status_code", None)
    told = type(error).__name__ if status is None else f"{type(error).__name__}, status {status}"
    return f"the service fails ({told}); see to the connection, the key and the quota."
