"""A policy document as data: `Standard` and its `Rule`."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date as Date  # noqa: N812 - a field of `Standard` is called `date`
from decimal import Decimal
from typing import Annotated, Any, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator
from pydantic_core import PydanticCustomError

from lifecircle.standards.arguments import (
    SHARE_MEASURES,
    Arguments,
    FloorAreaArguments,
    LandArguments,
    Measure,
    NewAreasArguments,
)
from lifecircle.standards.vocabulary import COMMUNITY_KINDS, RuleStatus, Setting
from lifecircle.tables import FacilityKind

__all__ = [
    "Comparison",
    "FloorAreaRule",
    "Rule",
    "Scope",
    "Standard",
    "Wording",
    "status_clashes",
]

Comparison = Literal[">=", ">", "<=", "=", "about"]
WHOLE: Final = 100

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
    level
        The whole province, city or district that a number is meant for: it is judged only in a
        study whose zones have that level, for a part need not reach what the whole must. None
        where a part can be judged as well.
    """

    model_config = _CONFIG

    status: RuleStatus | None = None
    setting: Setting | None = None
    level: Literal["province", "city", "district"] | None = None


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
        What the measure needs, told apart by ``measure``.
    comparison
        How the value stands to the limit; ``about`` gives no verdict.
    limit, unit
        The number of the document, exact, and its unit; None where it names none: then the
        value is printed and not judged.
    base, base_year
        The value the document starts from, and its year.
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
    arguments: Arguments
    comparison: Comparison = ">="
    limit: _Positive | None = None
    unit: _Text
    base: Decimal | None = None
    base_year: int | None = None
    year: int | None = None
    nature: Literal["binding", "expected", "list"] | None = None
    scope: Scope = Scope()

    @property
    def measure(self) -> Measure:  # numpydoc ignore=RT01
        """Name of the measure."""
        return self.arguments.measure

    @property
    def is_judged(self) -> bool:  # numpydoc ignore=RT01
        """Whether a value can be compared with a limit."""
        return self.limit is not None and self.comparison != "about" and self.nature != "list"

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
        if self.measure != "floor_area_per_100_households":
            return self
        if self.limit is None:
            raise PydanticCustomError("rule", f"'limit' is missing; {name} needs it.")
        if self.comparison != ">=":
            raise PydanticCustomError("rule", f"'comparison' must be '>=' for {name}.")
        if self.nature == "list":
            raise PydanticCustomError("rule", f"'nature' cannot be 'list' for {name}.")
        return self

    @model_validator(mode="after")
    def _share_is_in_per_cent(self) -> Self:
        if self.measure in SHARE_MEASURES and self.unit != "%":
            raise PydanticCustomError("rule", f"'unit' must be '%' for '{self.measure}'.")
        if self.unit == "%" and self.limit is not None and self.limit > WHOLE:
            raise PydanticCustomError("rule", f"'limit' is {self.limit} %, which cannot be.")
        return self

    @model_validator(mode="after")
    def _scope_is_what_the_measure_applies(self) -> Self:
        if self.measure == "reported":
            return self
        for name in ("status", "setting"):
            said = getattr(self.scope, name)
            if said is None:
                continue
            if not hasattr(self.arguments, name):
                problem = f"'scope.{name}' cannot be applied to '{self.measure}'."
                raise PydanticCustomError("rule", problem)
            if said != getattr(self.arguments, name):
                problem = f"'scope.{name}' must be the arguments' '{name}'."
                raise PydanticCustomError("rule", problem)
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

    @property
    def floor_area_rules(self) -> tuple["FloorAreaRule", ...]:  # numpydoc ignore=RT01
        """The rules that ask residences for floor area: at most one for each status."""
        return tuple(
            FloorAreaRule(
                id=rule.id, clause=rule.clause, arguments=rule.arguments, limit=rule.limit
            )
            for rule in self.rules
            if isinstance(rule.arguments, FloorAreaArguments) and rule.limit is not None
        )

    @property
    def floor_area_kinds(self) -> tuple[FacilityKind, ...]:  # numpydoc ignore=RT01
        """The facility kinds whose floor area counts; the usual ones where nothing is asked."""
        rules = self.floor_area_rules
        return rules[0].arguments.kinds if rules else COMMUNITY_KINDS

    @property
    def highest_floor(self) -> int | None:  # numpydoc ignore=RT01
        """The highest storey whose floor area counts; None where the document names none."""
        rules = self.floor_area_rules
        return rules[0].arguments.highest_floor if rules else None

    @field_validator("rules")
    @classmethod
    def _rules_agree(cls, rules: tuple[Rule, ...]) -> tuple[Rule, ...]:
        if not rules:
            raise PydanticCustomError("rule", "there must be at least one rule.")
        asking = [rule for rule in rules if isinstance(rule.arguments, FloorAreaArguments)]
        problems = status_clashes([(rule.id, _asked(rule)) for rule in rules])
        if len({frozenset(_kinds(rule)) for rule in asking}) > 1:
            problems.append("the rules must name the same 'kinds': each m² is shared out once.")
        if len({_highest_floor(rule) for rule in asking}) > 1:
            problem = "the rules must name the same 'highest_floor': each m² is shared out once."
            problems.append(problem)
        problems += _unknown_rules(rules)
        if problems:
            raise PydanticCustomError("rule", " ".join(problems))
        return rules


@dataclass(frozen=True, kw_only=True, slots=True)
class FloorAreaRule:
    """
    A rule that asks residences for floor area, with what all such rules have.

    Attributes
    ----------
    id, clause, arguments
        The rule's own.
    limit
        Its rate: m² per 100 households.
    """

    id: str
    clause: str | None
    arguments: FloorAreaArguments
    limit: Decimal


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


def _asked(rule: Rule) -> RuleStatus | None:
    return rule.arguments.status if isinstance(rule.arguments, FloorAreaArguments) else None


def _kinds(rule: Rule) -> tuple[FacilityKind, ...]:
    return rule.arguments.kinds if isinstance(rule.arguments, FloorAreaArguments) else ()


def _highest_floor(rule: Rule) -> int | None:
    asked = rule.arguments
    return asked.highest_floor if isinstance(asked, FloorAreaArguments) else None


def _unknown_rules(rules: Sequence[Rule]) -> Iterator[str]:
    owing = {
        rule.id
        for rule in rules
        if isinstance(rule.arguments, FloorAreaArguments | LandArguments) and rule.limit is not None
    }
    for rule in rules:
        named = rule.arguments.rule if isinstance(rule.arguments, NewAreasArguments) else None
        if named is not None and named not in owing:
            yield f"{rule.id!r} names no floor-area or land rule: {named!r}."
