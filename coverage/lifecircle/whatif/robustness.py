"""
Verdicts that hold under doubt: the town judged under many settings instead of one.

Nothing here judges: every run is the method itself under other assumptions. What is counted is in
how many runs a residence is met, and which assumption moves most.
"""

from dataclasses import dataclass
from fractions import Fraction
from math import ceil

import numpy as np
import pandas as pd

from lifecircle.assessment import Assessment
from lifecircle.assessment.method import assess_read
from lifecircle.errors import StudyError
from lifecircle.read.losses import AcceptLoss, check_losses
from lifecircle.read.study_inputs import StudyInputs
from lifecircle.read.study_standard import documents_and_inputs
from lifecircle.standards.model import Standard
from lifecircle.study import RobustnessSettings, Study
from lifecircle.supply.area_units import to_m2, to_units
from lifecircle.whatif.designs import Setting, drawn_settings, own_setting, swings
from lifecircle.whatif.variation import judged_runs, varied_study

__all__ = [
    "ROBUST_LABELS",
    "Robustness",
    "assess_under_doubt",
    "robust_labels",
    "robust_verdicts",
]

ROBUST_LABELS = ("robustly_met", "borderline", "robustly_short", "no_data", "not_asked")
"""What can be said of a residence over all runs."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Robustness:
    """
    Which verdicts hold, whatever is assumed.

    Attributes
    ----------
    settings
        The design, the ranges, the seed and the share that makes a verdict robust.
    residences
        As `robust_labels` gives it, with ``name``, ``households`` and the ``verdict`` under the
        study's own settings; indexed by ``residence_id``.
    runs
        One row a run, indexed by ``run`` from 1: its assumptions (see `designs.Setting`),
        ``limit_m``, ``met_residences``, ``no_data_residences``, ``met_households`` (as many as the
        study says live there, whatever the run assumes), ``requirement_m2``, ``allocated_m2`` (in
        the circle) and ``shortage_m2``.
    labels
        ``residences`` and, as far as known, ``households`` of each of `ROBUST_LABELS`.
    tornado
        One row an assumption in doubt, that which moves most households first: ``low`` and
        ``high`` (the first and the last value, all else as in the study), ``met_households_low``,
        ``met_households_own`` (under the study's own settings), ``met_households_high``,
        ``range_households`` (between the least and the most of the three) and
        ``turned_residences`` (met at one end and not at the other).
    """

    settings: RobustnessSettings
    residences: pd.DataFrame
    runs: pd.DataFrame
    labels: pd.DataFrame
    tornado: pd.DataFrame

    @property
    def least_runs(self) -> int:  # numpydoc ignore=RT01
        """Return in how many runs a verdict must be the same to be robust."""
        return _least(self.settings.robust_share, len(self.runs))


def assess_under_doubt(
    study: Study, *, accept_loss: AcceptLoss = False
) -> tuple[Assessment, Robustness | None]:
    """
    Read what a study names, assess it, and say which verdicts hold.

    Parameters
    ----------
    study
        The study.
    accept_loss
        Whether to go on though more rows are lost than the study's limits allow.

    Returns
    -------
    assessment
        As `assess` gives it.
    robustness
        As `robust_verdicts` gives it; None if the study has no section ``[robustness]``.

    Raises
    ------
    StudyError
        For everything that is wrong with the standard and the inputs; if a rule lets people walk
        farther than the shortest walk of the section.
    TableError
        If too much is lost.
    """
    documents, inputs = documents_and_inputs(study)
    check_losses(inputs, study.losses, accept_loss=accept_loss)
    if study.robustness is None:
        return assess_read(inputs, study=study, documents=documents), None
    _require_room(study.robustness, study, documents.standard)
    assessment = assess_read(inputs, study=study, documents=documents)
    return assessment, robust_verdicts(inputs, assessment, settings=study.robustness)


def robust_verdicts(
    inputs: StudyInputs, assessment: Assessment, *, settings: RobustnessSettings
) -> Robustness:
    """
    Judge a town under many settings, and count in how many each residence is met.

    Parameters
    ----------
    inputs
        Streets and tables.
    assessment
        The same under the study's own settings.
    settings
        What is in doubt, and how far.

    Returns
    -------
    robustness
        Residences, runs, and which assumption matters most.

    Raises
    ------
    StudyError
        If a rule lets people walk farther than the shortest walk of a run.
    """
    study = assessment.study
    _require_room(settings, study, assessment.standard)
    runs, ends = drawn_settings(settings, study), swings(settings, study)
    both = [end for pair in ends.values() for end in pair]
    found = judged_runs(inputs, assessment, [own_setting(study), *runs, *both])
    verdicts = pd.DataFrame({at: found[run]["verdict"] for at, run in enumerate(runs)})
    known = assessment.residences[["name", "households", "verdict"]]
    households = known["households"]
    residences = known.join(robust_labels(verdicts, robust_share=settings.robust_share))
    return Robustness(
        settings=settings,
        residences=residences,
        labels=_label_sums(residences),
        runs=_runs(runs, found, households, study),
        tornado=_tornado(ends, found, households, own_setting(study)),
    )


def robust_labels(verdicts: pd.DataFrame, *, robust_share: float) -> pd.DataFrame:
    """
    Say of each residence whether its verdict holds over all runs.

    Parameters
    ----------
    verdicts
        One row a residence, one column a run, with the words of the contract.
    robust_share
        The share of runs, over one half, in which a verdict must hold.

    Returns
    -------
    labels
        On the index of `verdicts`:

        - ``met_runs``, ``no_data_runs``: how many runs.
        - ``met_runs_share``: of all runs; NaN where nothing is asked, or no run has data.
        - ``robust_label``: ``robustly_met`` (met in `robust_share` of the runs or more),
          ``robustly_short`` (short or unreachable in as many), ``borderline`` (neither),
          ``no_data`` or ``not_asked``.

    Notes
    -----
    A run without data could be met or not: the label stands if it is the same both times, else
    it is ``no_data``.

    Examples
    --------
    >>> verdicts = pd.DataFrame([["met", "met"], ["met", "short"], ["short", "unreachable"]])
    >>> robust_labels(verdicts, robust_share=0.95)["robust_label"].tolist()
    ['robustly_met', 'borderline', 'robustly_short']
    """
    count = verdicts.shape[1]
    least = _least(robust_share, count)
    met = (verdicts == "met").sum(axis=1)
    unknown = (verdicts == "no_data").sum(axis=1)
    worst, best = _label(met, least, count), _label(met + unknown, least, count)
    label = worst.where(worst == best, "no_data")
    asked = (verdicts != "not_asked").any(axis=1)
    share = (met / count).where(asked & (unknown < count))
    return pd.DataFrame(
        {
            "met_runs": met,
            "no_data_runs": unknown,
            "met_runs_share": share,
            "robust_label": label.where(asked, "not_asked"),
        }
    )


def _label_sums(residences: pd.DataFrame) -> pd.DataFrame:
    groups = residences.groupby("robust_label")["households"]
    sums = pd.DataFrame({"residences": groups.size(), "households": groups.sum()})
    return sums.reindex(pd.Index(ROBUST_LABELS, name="robust_label"), fill_value=0)


def _least(robust_share: float, count: int) -> int:
    return ceil(Fraction(repr(robust_share)) * count)  # the decimal text, not the binary value


def _label(met: pd.Series, least: int, count: int) -> pd.Series:
    words = np.select([met >= least, count - met >= least], ["robustly_met", "robustly_short"],
                      "borderline")  # fmt: skip
    return pd.Series(words, index=met.index, dtype=object)


def _require_room(settings: RobustnessSettings, study: Study, standard: Standard) -> None:
    """Refuse ranges in which people walk less far than a rule lets them."""
    ends = [one for pair in swings(settings, study).values() for one in pair]
    shortest = own_setting(study)._replace(
        speed_m_s=min((one.speed_m_s for one in ends), default=study.walk.speed_m_s),
        minutes=min((one.minutes for one in ends), default=study.walk.minutes),
    )
    limit_m = varied_study(study, shortest).walk.limit_mm / 1000
    problems = [
        f"rule {rule.id!r} of {standard.id} lets people walk {rule.arguments.max_walk_m} m, but "
        f"the shortest walk of [robustness] is {limit_m:g} m; narrow 'speed_m_s' or 'minutes', or "
        "set 'walk.limit_m'."
        for rule in standard.floor_area_rules
        if rule.arguments.walk == "network" and (rule.arguments.max_walk_m or 0) > limit_m
    ]
    if problems:
        raise StudyError(study.title, problems)


def _runs(
    runs: tuple[Setting, ...],
    found: dict[Setting, pd.DataFrame],
    households: pd.Series,
    study: Study,
) -> pd.DataFrame:
    rows = []
    for run in runs:
        table = found[run]
        rows.append(
            {
                **run._asdict(),
                "limit_m": varied_study(study, run).walk.limit_mm / 1000,
                "met_residences": int(table["verdict"].eq("met").sum()),
                "no_data_residences": int(table["verdict"].eq("no_data").sum()),
                "met_households": _met_households(table, households),
                "requirement_m2": _sum(table["requirement_m2"]),
                "allocated_m2": _sum(table["circle_m2"]),
                "shortage_m2": _sum(table["shortage_m2"]),
            }
        )
    return pd.DataFrame(rows, index=pd.RangeIndex(1, len(rows) + 1, name="run"))


def _tornado(
    ends: dict[str, tuple[Setting, Setting]],
    found: dict[Setting, pd.DataFrame],
    households: pd.Series,
    own: Setting,
) -> pd.DataFrame:
    rows = []
    for name, pair in ends.items():
        low, high = (found[end] for end in pair)
        counts = [_met_households(table, households) for table in (low, found[own], high)]
        turned = low["verdict"].eq("met") != high["verdict"].eq("met")
        rows.append(
            {
                "assumption": name,
                **{
                    side: _written(getattr(end, name))
                    for side, end in zip(("low", "high"), pair, strict=True)
                },
                "met_households_low": counts[0],
                "met_households_own": counts[1],
                "met_households_high": counts[2],
                "range_households": max(counts) - min(counts),
                "turned_residences": int(turned.sum()),
            }
        )
    columns = ["assumption", "low", "high", "met_households_low", "met_households_own",
               "met_households_high", "range_households", "turned_residences"]  # fmt: skip
    table = pd.DataFrame(rows, columns=columns)
    order = ["range_households", "turned_residences"]
    return table.sort_values(order, ascending=False, kind="stable", ignore_index=True)


def _met_households(table: pd.DataFrame, households: pd.Series) -> float:
    return _sum(households[table["verdict"] == "met"])


def _sum(amounts: pd.Series) -> float:
    """Add hundredths exactly, as far as they are known."""
    units = to_units(amounts).fillna(0).astype(np.int64)
    return float(to_m2(pd.Series([units.sum()])).iloc[0])


def _written(value: float | str | bool) -> str:  # noqa: FBT001 - one of three kinds of value
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value if isinstance(value, str) else f"{value:g}"
