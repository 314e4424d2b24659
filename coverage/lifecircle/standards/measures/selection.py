"""Which facilities a rule means: kinds, functions and labels, site by site."""

from collections.abc import Iterable, Sequence

import pandas as pd

from lifecircle.standards.evidence import Evidence, site_of, working
from lifecircle.standards.vocabulary import FUNCTIONS_OF_KIND
from lifecircle.tables import ADMIN_LEVELS

__all__ = ["absent_kinds", "chosen_sites"]


def chosen_sites(
    evidence: Evidence,
    *,
    kinds: Sequence[str],
    functions: Sequence[str],
    labels: Sequence[str],
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """
    Find the working sites that have one of some kinds, and all of some functions and labels.

    The rows of one site share their functions and labels. What a kind does by its name
    (`FUNCTIONS_OF_KIND`) need not be listed.

    Parameters
    ----------
    evidence
        The tables.
    kinds
        Empty: any kind.
    functions, labels
        Empty: none is asked.

    Returns
    -------
    sites
        One row a site that has them or may have: ``name``, ``certain``, ``{level}_id``.
    missing
        Columns that would tell.
    """
    rows = working(evidence.facilities)
    site = site_of(rows)
    kind_fits = rows["kind"].isin(kinds) if kinds else pd.Series(data=True, index=rows.index)
    does = _words(rows, "functions", rows["kind"].map(FUNCTIONS_OF_KIND)).groupby(site).agg(_union)
    bears = _words(rows, "labels").groupby(site).agg(_union)
    first = rows.groupby(site).first().join(rows.groupby(site).size().rename("rows"))
    chosen = kind_fits.groupby(site).any()
    unsure = {}
    certain = pd.Series(data=True, index=first.index)
    for name, wanted, has in (("functions", functions, does), ("labels", labels, bears)):
        fits = has.map(set(wanted).issubset).astype(bool)
        unsure[name] = bool(wanted) and name not in evidence.filled
        certain &= fits
        if not unsure[name]:
            chosen &= fits
    levels = sorted({f"{level}_id" for level in ADMIN_LEVELS} & {*rows.columns})
    sites = first[["name", *levels]].assign(certain=certain)[chosen.reindex(first.index)]
    missing = tuple(f"facilities.{name}" for name, is_unsure in unsure.items() if is_unsure)
    return sites, missing if not sites["certain"].all() else ()


def absent_kinds(evidence: Evidence, kinds: Iterable[str]) -> tuple[str, ...]:
    """
    Say that a study lists no facility of any of some kinds, whatever its status.

    Parameters
    ----------
    evidence
        The tables.
    kinds
        The kinds that a rule means; empty: any.

    Returns
    -------
    missing
        Empty if there is one of them: then a place without is a place without.
    """
    wanted = list(kinds)
    if not wanted or any(f"kind:{kind}" in evidence.filled for kind in wanted):
        return ()
    return tuple(f"facilities.kind = {kind}" for kind in wanted)


def _words(rows: pd.DataFrame, column: str, more: pd.Series | None = None) -> pd.Series:
    listed = [set(str(cell).split(";")) if pd.notna(cell) else set() for cell in rows[column]]
    if more is not None:
        by_kind = [{one} if pd.notna(one) else set() for one in more]
        listed = [some | implied for some, implied in zip(listed, by_kind, strict=True)]
    return pd.Series(listed, index=rows.index, dtype=object)


def _union(sets: pd.Series) -> set[str]:
    return set().union(*sets)
