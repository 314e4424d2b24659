"""Which sums may be published so that none over few can be told, not even by subtraction."""

from collections.abc import Hashable, Mapping
from typing import Final

import numpy as np
import numpy.typing as npt

__all__ = ["FEWEST", "publishable_sums"]

# A sum over fewer tells of single ones.
FEWEST: Final = 3

# Members are 0 and 1: what is not in a span of such vectors is off it by far more than this.
_ZERO: Final = 1e-7

Floats = npt.NDArray[np.float64]


def publishable_sums(
    sums: Mapping[Hashable, npt.NDArray[np.bool_]], sizes: npt.NDArray[np.int64]
) -> frozenset[Hashable]:
    """
    Choose which sums may be published together.

    Parameters
    ----------
    sums
        What is published or not as one, by its name, with a row for each sum of it: which cells
        are counted in it. Those that are dearest to publish come first.
    sizes
        How many stand in each cell.

    Returns
    -------
    publishable
        The names of sums from which no sum over fewer than `FEWEST` can be had by adding,
        subtracting and scaling: each that does no harm beside those before it. A sum over nobody
        does none.

    Notes
    -----
    Who knows the published sums knows their linear combinations. One that is made of fewer than
    three is a vector in the row space of the matrix of members that is zero but for them: there
    is one where the projection on the row space, cut to them, has the eigenvalue 1. To withhold
    more than what is small itself is called complementary or secondary suppression (Hundepool
    et al., Statistical Disclosure Control, Wiley 2012, chapter 4, on tables of magnitudes).

    Examples
    --------
    Three streets of one district; the first has two residences.

    >>> streets = np.eye(3, dtype=bool)
    >>> rows = {"district": streets.any(axis=0), **dict(zip("321", streets[::-1]))}
    >>> sorted(publishable_sums(rows, sizes=np.array([2, 3, 4])))
    ['3', 'district']
    """
    members, counts = _cells(sums, sizes)
    basis = np.zeros((0, len(counts)))
    found, start = [], 0
    for key, rows in sums.items():
        given = members[start : start + len(np.atleast_2d(rows))]
        start += len(given)
        later = _spanned(given, basis)
        if len(later) > len(basis) and _tells_of_few(later, counts):
            continue
        basis = later
        found.append(key)
    return frozenset(found)


def _cells(
    sums: Mapping[Hashable, npt.NDArray[np.bool_]], sizes: npt.NDArray[np.int64]
) -> tuple[Floats, Floats]:
    """Put together cells that are counted in just the same sums."""
    table = np.vstack([np.zeros((0, len(sizes)), dtype=bool), *sums.values()])
    peopled = sizes > 0
    if not table[:, peopled].size:
        return table[:, peopled].astype(float), sizes[peopled].astype(float)
    members, of = np.unique(table[:, peopled], axis=1, return_inverse=True)
    counts = np.bincount(of.ravel(), weights=sizes[peopled])
    return members.astype(float), counts.astype(float)


def _spanned(rows: Floats, basis: Floats) -> Floats:
    """Add to an orthonormal basis what rows add to its span."""
    for row in rows:
        once = row - basis.T @ (basis @ row)
        new = once - basis.T @ (basis @ once)  # what rounding has left
        length = np.linalg.norm(new)
        if length > _ZERO:
            basis = np.vstack([basis, new / length])
    return basis


def _tells_of_few(basis: Floats, sizes: Floats) -> bool:
    """Look for an eigenvalue of 1 for one cell, and for two that hold one each."""
    alone = (basis**2).sum(axis=0)
    if (alone[sizes < FEWEST] > 1 - _ZERO).any():
        return True
    ones = np.flatnonzero((sizes == 1) & (alone > _ZERO))
    between = basis[:, ones].T @ basis[:, ones]
    np.fill_diagonal(between, 0)
    one, other = np.meshgrid(alone[ones], alone[ones])
    largest = (one + other) / 2 + np.sqrt(((one - other) / 2) ** 2 + between**2)
    np.fill_diagonal(largest, 0)
    return bool((largest > 1 - _ZERO).any())
