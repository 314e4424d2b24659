"""Who counts more where floor area is short."""

from collections.abc import Mapping
from typing import Annotated, Self

from pydantic import Field, model_validator

from lifecircle.study.fields import Settings

__all__ = ["PrioritySettings"]

Weight = Annotated[float, Field(ge=0.01, le=100)]


class PrioritySettings(Settings):
    """
    Who counts more where floor area is short, unless the residences' table says so itself.

    Attributes
    ----------
    zones
        Weights of the residences of zones of any level, by ``zone_id``.
    older_80_share_above, older_80_weight
        The weight of residences of whose population a larger share is 80 or older: both or none.
    """

    zones: Mapping[str, Weight] = Field(default_factory=dict)
    older_80_share_above: float | None = Field(default=None, ge=0, lt=1)
    older_80_weight: Weight | None = None

    @model_validator(mode="after")
    def _both_or_none(self) -> Self:
        if (self.older_80_share_above is None) != (self.older_80_weight is None):
            raise ValueError("must name 'older_80_share_above' and 'older_80_weight' together.")
        return self
