"""The least and the most that residences can have, whatever lies beyond what is known."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from lifecircle.supply.town import Town, components, units_range

__all__ = ["Known", "certain_verdicts"]

_Ints = npt.NDArray[np.int64]
_Bools = npt.NDArray[np.bool_]


class Known(NamedTuple):
    """
    What is known of a part of a larger town.

    Attributes
    ----------
    choices
        By residence: whether all facilities within its walk are among those given.
    users
        By facility: whether all residences within a walk of it are, and who it was built for.
    """

    choices: pd.Series
    users: pd.Series


def certain_verdicts(town: Town, least: _Ints, known: Known, site_of_row: pd.Series) -> _Bools:
    """
    Tell whose verdict is the same in every larger town that what is known may be a part of.

    Parameters
    ----------
    town
        Sites, residences and links, as far as given.
    least
        Units that make each residence met, in the order of ``town.residences``.
    known
        Whose choices, and whose users, are known.
    site_of_row
        The site of each facility, indexed by ``facility_id``; None for those that count nothing.

    Returns
    -------
    certain
        In the order of ``town.residences``; with sites of unknown area, certain both with
        nothing of them and with all that they could give.

    Notes
    -----
    The exact fair share is monotone: a facility less raises nobody's, a residence less lowers
    nobody else's. Take from the larger town all that facilities with unknown users give to
    everybody: no facility that is left is walked to from anywhere unknown, so this town is known,
    and nobody has more in it. Take from the larger town all residences with unknown choices: who
    is left walks to nothing unknown, so this town is known, too, and nobody has less in it. What
    each is given in the larger town lies between these two shares, rounded down and up; and who
    shares with nobody and nothing unknown over any chain of walks is given the same to the unit.

    Examples
    --------
    R1 and R2 share A, and R2 walks to B, too; who else walks to B is not known.

    >>> both = pd.Index(["A", "B"])
    >>> town = Town(
    ...     residences=pd.Index(["R1", "R2"]), sites=both,
    ...     owed=np.array([20, 20]), built=np.array([0, 0]), area=np.array([20, 20]),
    ...     area_unknown=np.array([False, False]), serves=np.array([-1, -1]),
    ...     links=pd.DataFrame({"residence": [0, 1, 1], "site": [0, 0, 1], "row": [0, 1, 2]}),
    ...     weight=np.array([1, 1]),
    ... )  # fmt: skip
    >>> known = Known(pd.Series(True, town.residences), pd.Series([True, False], both))
    >>> site_of_row = both.to_series()
    >>> certain_verdicts(town, np.array([20, 10]), known, site_of_row).tolist()
    [False, True]
    """
    shut = _shut(town, known.users, site_of_row)
    chosen = known.choices.reindex(town.residences).to_numpy(dtype=bool)
    without = np.where(chosen, town.owed, 0)
    certain = np.ones(len(town.residences), dtype=bool)
    for unlimited in (False, True) if town.area_unknown.any() else (False,):
        low = units_range(town, town.owed, unlimited=unlimited, shut=shut)["at_least"]
        high = units_range(town, without, unlimited=unlimited)["at_most"]
        certain &= (low.to_numpy() >= least) | (chosen & (high.to_numpy() < least))
    return certain | _closed_off(town, chosen, shut)


def _closed_off(town: Town, chosen: _Bools, shut: _Bools) -> _Bools:
    """Choose who shares, over any chain of walks, with nobody and nothing unknown."""
    of_residence, of_site = components(town)
    return ~np.isin(of_residence, np.concatenate([of_residence[~chosen], of_site[shut]]))


def _shut(town: Town, users_known: pd.Series, site_of_row: pd.Series) -> _Bools:
    """Choose the sites of which some row may be walked to from who knows where."""
    doubtful = site_of_row[~users_known.reindex(site_of_row.index).to_numpy(dtype=bool)]
    shut: _Bools = town.sites.isin(doubtful.dropna())
    return shut
