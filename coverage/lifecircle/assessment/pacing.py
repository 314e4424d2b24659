"""What the study's walkers take for its streets."""

from collections.abc import Iterator
from typing import Final

from lifecircle.read.quality import Remark, Severity
from lifecircle.study import Study
from lifecircle.units import speed_mm_s
from lifecircle.walk.network import WalkNetwork, build_network
from lifecircle.walk.slope import with_slopes
from lifecircle.walk.turning import turned_round
from lifecircle.walk.waits import street_pace
from lifecircle.walk.walker import Walker
from lifecircle.walk.ways import StreetWays

__all__ = ["network_of", "pace_remarks", "walker_of"]

_METRES: Final = ("metres_with_slope", "metres_without_height", "metres_too_steep")
_FEW: Final = 0.01  # a coast, a wall; of more, the raster hardly fits


def network_of(streets: StreetWays, study: Study) -> WalkNetwork:
    """
    Build the walk network of a study.

    Parameters
    ----------
    streets
        The ways, with heights where the study names a raster of them.
    study
        Who walks, how fast, and which way.

    Returns
    -------
    network
        Turned round where the way back counts, so that a walk to a facility on it is one from the
        facility.

    Raises
    ------
    NetworkError
        If no street may be walked on.
    """
    pace = None
    if study.walk.profile is not None or streets.heights_m is not None:
        walker = walker_of(study)
        pace = street_pace(streets, walker)
        if streets.heights_m is not None:
            pace = with_slopes(streets, pace, streets.heights_m, walker)
    network = build_network(streets, pace=pace)
    return turned_round(network) if study.walk.direction == "back" else network


def walker_of(study: Study) -> Walker:
    """
    Tell what a study's walkers take for what lies on the way.

    Parameters
    ----------
    study
        Its speed, and its profile if it names one.

    Returns
    -------
    walker
        Without a profile nothing keeps anybody waiting.
    """
    speed, profile = speed_mm_s(study.walk.speed_m_s), study.walk.profile
    if profile is None:
        return Walker(speed)
    stairs = profile.stairs
    return Walker(
        speed,
        signal_ms=_ms(profile.signal.wait_s),
        crossing_ms=_ms(profile.crossing.wait_s),
        riser_up_ms=_ms(stairs.riser_up_s or 0.0),
        riser_down_ms=_ms(stairs.riser_down_s or 0.0),
        tread_mm=round((stairs.tread_m or 0.0) * 1000),
        takes_steps=stairs.usable,
        lift_ms=_ms(profile.lift.wait_s),
        slope_table=profile.slope.table,
    )


def pace_remarks(network: WalkNetwork) -> Iterator[Remark]:
    """
    Remark on streets of which too little is known to tell their time.

    Parameters
    ----------
    network
        As `network_of` gives it.

    Yields
    ------
    remark
        One for each kind of gap, with how many streets or metres of how many; a warning where over
        1 % of the metres are walked as if they were level; none for a study without profile and
        heights.
    """
    counts = network.counts
    sloped = sum(counts.get(name, 0) for name in _METRES)
    for reason, whole in (
        ("stairs_without_step_count", counts.get("stairs", 0)),
        ("stairs_without_incline", counts.get("stairs", 0)),
        ("signals_off_crossing_ways", None),
        ("ways_closed_to_profile", None),
        ("metres_without_height", sloped),
        ("metres_too_steep", sloped),
    ):
        if number := counts.get(reason, 0):
            found = str(number) if whole is None else f"{number} / {whole}"
            many = reason in _METRES and number > _FEW * sloped
            severity: Severity = "warning" if many else "note"
            yield Remark(input="streets", reason=reason, found=found, severity=severity)


def _ms(seconds: float) -> int:
    return round(seconds * 1000)
