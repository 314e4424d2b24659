"""All checks of a result folder, one after the other."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple, TypeVarTuple

from lifecircle.errors import TableError
from lifecircle.verify.copies import (
    geopackage_problems,
    list_problems,
    workbook_problems,
)
from lifecircle.verify.documents import indicator_problems
from lifecircle.verify.doubts import data_problems, robustness_problems
from lifecircle.verify.drawn import map_problems
from lifecircle.verify.ledgers import own_problems, plain_problems
from lifecircle.verify.literature import reference_problems
from lifecircle.verify.lying import lying_problems
from lifecircle.verify.numbers import (
    cluster_problems,
    link_problems,
    requirement_problems,
    verdict_problems,
)
from lifecircle.verify.places import counted_problems, residence_problems
from lifecircle.verify.public_edition import public_sum_problems
from lifecircle.verify.published import file_problems, read_result
from lifecircle.verify.sharing import fairness_problems, flow_problems
from lifecircle.verify.spread import equity_problems
from lifecircle.verify.sums import (
    band_problems,
    gap_problems,
    total_problems,
    zone_problems,
)
from lifecircle.verify.walks import input_problems, read_again, walk_problems

if TYPE_CHECKING:
    from lifecircle.study import Study

__all__ = ["Check", "verify_result"]

_Given = TypeVarTuple("_Given")
_Found = tuple[int, list[str]]

_OF_RESULT: Final = {
    "files": file_problems,
    "links": link_problems,
    "requirement": requirement_problems,
    "verdicts": verdict_problems,
    "counted": counted_problems,
    "places": residence_problems,
    "totals": total_problems,
    "zones": zone_problems,
    "gaps": gap_problems,
    "bands": band_problems,
    "clusters": cluster_problems,
    "lying": lying_problems,
    "own": own_problems,
    "plain": plain_problems,
    "indicators": indicator_problems,
    "equity": equity_problems,
    "reference": reference_problems,
    "robustness": robustness_problems,
    "reconciliation": data_problems,
    "lists": list_problems,
    "geopackage": geopackage_problems,
    "workbook": workbook_problems,
    "map": map_problems,
}
_OF_PUBLIC: Final = {
    "files": file_problems,
    "public_sums": public_sum_problems,
    "lists": list_problems,
    "geopackage": geopackage_problems,
    "workbook": workbook_problems,
}
_OF_SHARING: Final = {"flow": flow_problems, "fairness": fairness_problems}


class Check(NamedTuple):
    """
    One check.

    Attributes
    ----------
    name
        A word of ``labels.toml``, section ``verify``.
    looked_at
        How many things.
    problems
        One sentence a breach; none if all hold.
    """

    name: str
    looked_at: int
    problems: tuple[str, ...]


def verify_result(folder: Path, *, study: "Study | None" = None) -> list[Check]:
    """
    Compute the published numbers again, by other code than the engine's.

    Parameters
    ----------
    folder
        What ``lifecircle run`` wrote.
    study
        The study it was made from: its inputs are read once more, and every walk is walked again.

    Returns
    -------
    checks
        ``files`` (hashes). Computed again from the rows of residences, facilities and walks:
        ``links`` (limit, minutes), ``requirement``, ``verdicts``, ``own`` and ``plain`` (what was
        built; the plain reading), ``counted`` and ``places`` (what counts of each facility; what
        each residence reaches, what is nearest and what it lacks), ``lying`` (zones and straight
        lines, from the shapes), ``flow`` (each square metre once), ``fairness`` (the certificate:
        no sharing gives more, none is fairer), ``totals``, ``zones``, ``gaps``, ``bands``,
        ``clusters``, ``indicators``, ``equity``, ``reference``, ``robustness`` (as far as it
        follows from its own runs) and ``reconciliation``. ``lists``, ``geopackage``, ``workbook``
        and ``map``: every cell and shape of the copies is that of the tables. With a study also
        ``inputs`` (they are those of the result) and ``walks``. Of a public edition only
        ``files``, ``public_sums`` (the zones of a level add up to the totals, where none is
        withheld) and the copies.

    Raises
    ------
    TableError
        If the folder is no result, or cannot be read; or if a study is named for a public
        edition.
    StudyError
        For everything that is wrong with the study's inputs.
    """
    published = read_result(folder)
    if published.is_public:
        if study is not None:
            problem = "a public edition has no walks to walk again; name the internal edition."
            raise TableError(str(folder), [problem])
        return _checked({name: _held(check, published) for name, check in _OF_PUBLIC.items()})
    tables = published.tables
    rows = (tables["residences"], tables["facilities"], tables["links"])
    found = {name: _held(check, published) for name, check in _OF_RESULT.items()}
    found |= {name: _held(check, *rows) for name, check in _OF_SHARING.items()}
    if study is not None:
        inputs = read_again(study)
        found["inputs"] = input_problems(published, study, inputs)
        found["walks"] = walk_problems(published, study, inputs)
    return _checked(found)


def _held(check: Callable[[*_Given], _Found], *given: *_Given) -> _Found:
    """Look; rows that do not belong together, or cells of another type, are a breach too."""
    try:
        return check(*given)
    except (LookupError, TypeError, ValueError, ArithmeticError) as fault:
        return 0, [f"the tables do not belong together: {type(fault).__name__}: {fault}."]


def _checked(found: Mapping[str, tuple[int, list[str]]]) -> list[Check]:
    return [Check(name, count, tuple(problems)) for name, (count, problems) in found.items()]
