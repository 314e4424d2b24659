"""The same streets for another walk: the other way round, or at another speed."""

from dataclasses import replace

from lifecircle.walk.network import WalkNetwork
from lifecircle.walk.pace import fixed_mm, summed_up

__all__ = ["at_speed", "turned_round"]


def turned_round(network: WalkNetwork) -> WalkNetwork:
    """
    Turn every street round: who walks from A to B there walks from B to A here.

    Parameters
    ----------
    network
        The streets.

    Returns
    -------
    turned
        The same edges, with what their two directions take and allow exchanged.
    """
    fixed = network.fixed
    if fixed is not None:
        fixed = fixed._replace(ahead_ms=fixed.back_ms, back_ms=fixed.ahead_ms)
    return replace(
        network,
        ahead_mm=network.back_mm,
        back_mm=network.ahead_mm,
        forward=network.backward,
        backward=network.forward,
        vertex_ahead_mm=network.vertex_back_mm,
        vertex_back_mm=network.vertex_ahead_mm,
        fixed=fixed,
    )


def at_speed(network: WalkNetwork, speed_mm_s: int) -> WalkNetwork:
    """
    Let people walk at another speed: waits, stairs and lifts do not go faster with it.

    Parameters
    ----------
    network
        The streets.
    speed_mm_s
        Walking speed on level open ground.

    Returns
    -------
    network
        What it takes in level millimetres of that speed; the same one where nothing is waited for.
    """
    fixed = network.fixed
    if fixed is None:
        return network
    offsets, last = network.vertex_offsets, network.vertex_offsets[1:] - 1
    changed = [
        level + summed_up(offsets, fixed_mm(ms, speed_mm_s) - fixed_mm(ms, fixed.speed_mm_s))
        for level, ms in (
            (network.vertex_ahead_mm, fixed.ahead_ms),
            (network.vertex_back_mm, fixed.back_ms),
        )
    ]
    return replace(
        network,
        ahead_mm=changed[0][last],
        back_mm=changed[1][last],
        vertex_ahead_mm=changed[0],
        vertex_back_mm=changed[1],
        fixed=fixed._replace(speed_mm_s=speed_mm_s),
    )
