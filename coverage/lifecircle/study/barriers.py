"""The settings of what nobody walks through, beside what the streets' file says of it."""

from typing import Annotated, Literal

from pydantic import Field

from lifecircle.datum import Datum
from lifecircle.study.fields import Settings
from lifecircle.study.inputs import InputPath

__all__ = ["BarriersInput"]


class BarriersInput(Settings):
    """
    Barriers of the user's own: walls, waters, railways, motorways.

    Attributes
    ----------
    file, layer
        Lines, or polygons, whose outlines are barriers. A column ``kind`` (类型) says what each
        is: ``wall``, ``water``, ``railway`` or ``motorway`` (or 围墙, 水域, 铁路, 高速公路).
    kind
        What they are where the file has no such column, or a cell of it is blank.
    datum
        Of degrees that the file cannot say it of: ``gcj02``, ``bd09``.
    """

    file: Annotated[InputPath, Field(strict=False)]
    layer: str | None = None
    kind: Literal["wall", "water", "railway", "motorway"] = "wall"
    datum: Datum | None = None
