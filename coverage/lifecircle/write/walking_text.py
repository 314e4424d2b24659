"""What an output says of the walkers, where not every metre takes as long."""

from typing import TYPE_CHECKING

from lifecircle.labels import Language, label

if TYPE_CHECKING:
    from lifecircle.study import Study

__all__ = ["limit_metres", "walking_notes"]


def limit_metres(study: "Study", language: Language) -> str:
    """
    Say how far people walk within the limit.

    Parameters
    ----------
    study
        The study.
    language
        Of the words.

    Returns
    -------
    metres
        The number with its unit; where not every metre takes as long, with the word that it is
        one of level ground.
    """
    metres = f"{study.walk.limit_mm / 1000:,g}"
    key = "level_metres" if study.is_timed else "metres"
    return label("walking_notes", key, language).format(metres=metres)


def walking_notes(study: "Study", language: Language) -> list[str]:
    """
    Name the profile of a study, its slopes, where walks begin, and which way the time counts.

    Parameters
    ----------
    study
        The study.
    language
        Of the sentences.

    Returns
    -------
    notes
        One sentence each; none where every metre takes as long, and walks lead from gates to
        facilities.
    """
    walk, notes = study.walk, []
    if walk.profile is not None:
        who = walk.profile.title_zh if language == "zh" else walk.profile.title_en
        said = label("walking_notes", "profile", language)
        notes.append(said.format(who=who, speed=f"{walk.speed_m_s:g}"))
    if study.elevation is not None:
        said = label("walking_notes", "slope", language)
        notes.append(said.format(metres=f"{study.elevation.smoothing_m:g}"))
    if study.residences.homes == "sampled":
        notes.append(label("walking_notes", "homes", language))
    if walk.direction == "back":
        notes.append(label("walking_notes", "back", language))
    return notes
