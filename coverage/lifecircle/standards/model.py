"""A policy document as data: `Standard`, its `Rule`, and the arguments of the rule's measure."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date as Date  # noqa: N812 - a field of `Standard` is called `date`
from decimal import Decimal
from typing import Annotated, Any, Final, Literal, Self, get_args

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator
from pydantic_core import PydanticCustomError

from lifecircle.tables import FacilityKind

__all__ = [
    "COMMUNITY_KINDS",
    "MEASURES",
    "FloorAreaArguments",
    "Ledger",
    "Measure",
    "Rule",
    "RuleStatus",
    "Scope",
    "Standard",
    "Wording",
    "status_clashes",
]

Ledger = Literal["own", "circle"]
RuleStatus = Literal["new", "existing", "all"]
Measure = Literal["floor_area_per_100_households"]
MEASURES: Final = get_args(Measure)

# DESIGN "What counts": beds and community floor area are two ledgers.
COMMUNITY_KINDS: Final[tuple[FacilityKind, ...]] = (
    "street_centre",
    "township_centre",
    "community_station",
    "day_care",
    "canteen",
    "rural_mutual_aid",
)

_CONFIG = ConfigDict(frozen=True, extra="forbid")
_Text = Annotated[str, Field(min_length=1)]
_Identifier = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
_Positive = Annotated[Decimal, Field(gt=0, allow_inf_nan=False)]


class Wording(BaseModel):
    """
    One text in both languages.

    Attributes
    ----------
    zh, en
        The text in Chinese and in English.
    """

    model_config = _CONFIG

    zh: _Text
    en: _Text


class Scope(BaseModel):
    """
    Whom the clause speaks of, as the document says it.

    Attributes
    ----------
    status
        New residences, existing ones, or both; None where the measure's arguments say it.
    setting
        Urban or rural only; None for both.
    """

    model_config = _CONFIG

    status: RuleStatus | None = None
    setting: Literal["urban", "rural"] | None = None


class FloorAreaArguments(BaseModel):
    """
    What `floor_area_per_100_households` needs to know.

    Attributes
    ----------
    measure
        The measure's name, by which the arguments of several measures are told apart.
    status
        The residences the rule asks: new ones, existing ones, or all.
    ledger
        The ledger that gives the verdict.
    kinds
        Facility kinds whose floor area counts.
    min_site_m2
        A site below this counts 0 in the own ledger; None: every site counts.
    pooled
        Whether residences with one ``pool_id`` are judged as one sum.
    """

    model_config = _CONFIG

    measure: Measure
    status: RuleStatus
    ledger: Ledger
    kinds: Annotated[tuple[FacilityKind, ...], Field(min_length=1)] = COMMUNITY_KINDS
    min_site_m2: _Positive | None = None
    pooled: bool = True

    @model_validator(mode="after")
    def _min_site_belongs_to_the_own_ledger(self) -> Self:
        if self.min_site_m2 is not None and self.ledger != "own":
            raise PydanticCustomError("rule", "'min_site_m2' is only applied in the ledger 'own'.")
        return self


class Rule(BaseModel):
    """
    One clause of a document, as something that can be computed.

    Attributes
    ----------
    id
        Lower-case words with hyphens, unique in the standard.
    clause
        Where it stands in the document.
    title, reading
        What it asks, and how we read it (解读口径): printed beside the value.
    text
        The clause in the document's own words, where they are short enough to print.
    arguments
        What the measure needs. A second measure makes this a union, told apart by ``measure``.
    comparison
        How the value stands to the limit; ``about`` gives no verdict.
    limit, unit
        The number of the document, exact, and its unit.
    base
        The value the document starts from.
    year
        The year by which it holds.
    nature
        Binding (约束性), expected (预期性), or a list that prints and gives no verdict.
    scope
        Whom the clause speaks of.
    """

    model_config = _CONFIG

    id: _Identifier
    clause: _Text | None = None
    title: Wording
    reading: Wording
    text: _Text | None = None
    arguments: FloorAreaArguments
    comparison: Literal[">=", ">", "<=", "=", "about"]
    limit: _Positive
    unit: _Text
    base: Decimal | None = None
    year: int | None = None
    nature: Literal["binding", "expected", "list"] | None = None
    scope: Scope = Scope()

    @property
    def measure(self) -> Measure:  # numpydoc ignore=RT01
        """Name of the measure."""
        return self.arguments.measure

    @model_validator(mode="before")
    @classmethod
    def _measure_moved_into_arguments(cls, rule: Any) -> Any:  # noqa: ANN401 - raw input
        if not isinstance(rule, Mapping) or "measure" not in rule:
            return rule
        rest = {key: value for key, value in rule.items() if key != "measure"}
        arguments = rule.get("arguments", {})
        if isinstance(arguments, Mapping):
            rest["arguments"] = {**arguments, "measure": rule["measure"]}
        return rest

    @model_validator(mode="after")
    def _floor_area_is_a_judged_minimum(self) -> Self:
        # What a floor-area rule cannot apply it must not accept and ignore.
        name = f"'{self.measure}'"
        if self.comparison != ">=":
            raise PydanticCustomError("rule", f"'comparison' must be '>=' for {name}.")
        if self.nature == "list":
            raise PydanticCustomError("rule", f"'nature' cannot be 'list' for {name}.")
        if self.scope.setting is not None:
            raise PydanticCustomError("rule", f"'scope.setting' cannot be applied to {name}.")
        if self.scope.status not in {None, self.arguments.status}:
            raise PydanticCustomError("rule", "'scope.status' must be the arguments' 'status'.")
        return self


class Standard(BaseModel):
    """
    One policy document as data.

    Attributes
    ----------
    id
        Lower-case words with hyphens; a shipped profile's file name.
    title
        The document's title.
    place, issuer, number, date
        The place it is for, who issued it, its document number (文号) and its date; None where
        the document has none.
    horizon
        The last year it speaks of.
    status
        Whether it is in force; printed on every output.
    rules
        At least one.
    """

    model_config = _CONFIG

    id: _Identifier
    title: Wording
    place: Wording | None = None
    issuer: Wording | None = None
    number: _Text | None = None
    date: Date | None = None
    horizon: int | None = None
    status: Literal["in_force", "horizon_passed", "replaced", "unknown"]
    rules: tuple[Rule, ...]

    @field_validator("rules")
    @classmethod
    def _rules_agree(cls, rules: tuple[Rule, ...]) -> tuple[Rule, ...]:
        if not rules:
            raise PydanticCustomError("rule", "there must be at least one rule.")
        problems = status_clashes([(rule.id, rule.arguments.status) for rule in rules])
        if len({frozenset(rule.arguments.kinds) for rule in rules}) > 1:
            problems.append("the rules must name the same 'kinds': each m² is shared out once.")
        if problems:
            raise PydanticCustomError("rule", " ".join(problems))
        return rules


def status_clashes(rules: Iterable[tuple[object, object]]) -> list[str]:
    """
    Say which rules ask the same residences, or bear the same id.

    Parameters
    ----------
    rules
        The id and the status of each floor-area rule.

    Returns
    -------
    problems
        One sentence each; empty if every residence has one rule at most.

    Examples
    --------
    >>> status_clashes([("a", "new"), ("b", "existing")])
    []
    >>> status_clashes([("a", "new"), ("b", "all")])
    ["two rules ask residences of status 'new': 'a', 'b'."]
    """
    named = list(rules)
    counts = Counter(str(name) for name, _ in named)
    problems = [f"rule id {name!r} stands twice." for name, count in counts.items() if count > 1]
    for status in ("new", "existing"):
        askers = [repr(name) for name, asked in named if asked in {status, "all"}]
        if len(askers) > 1:
            problems.append(f"two rules ask residences of status {status!r}: {', '.join(askers)}.")
    return problems
