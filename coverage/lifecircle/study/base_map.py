"""The settings of the base map under the web map: none, unless the user asks for one."""

from typing import Literal, Self

from pydantic import Field, SecretStr, field_validator, model_validator

from lifecircle.study.fields import Settings

__all__ = ["BaseMapSettings"]


class BaseMapSettings(Settings):
    """
    Which tiles lie under the web map; with one, the map asks that provider for pictures.

    Attributes
    ----------
    provider
        ``tianditu`` (天地图, needs a key, WGS84) or ``amap`` (高德, GCJ-02: what the map shows is
        shifted to fit, and the map says so; what is delivered is not).
    key
        The user's own key for Tianditu. It stands in the address of each tile, so whoever gets
        the map gets the key; it stands in no other output.
    """

    provider: Literal["tianditu", "amap"]
    key: SecretStr | None = Field(default=None)

    @field_validator("key")
    @classmethod
    def _plain_key(cls, value: SecretStr | None) -> SecretStr | None:
        text = "" if value is None else value.get_secret_value()
        if value is not None and not (text.isascii() and text.isalnum()):
            raise ValueError("must hold letters and digits only, as Tianditu gave it.")
        return value

    @model_validator(mode="after")
    def _key_where_needed(self) -> Self:
        if self.provider == "tianditu" and self.key is None:
            raise ValueError("needs 'key' for tianditu; its console gives one (浏览器端).")
        if self.provider == "amap" and self.key is not None:
            raise ValueError("takes no 'key' for amap; leave it out.")
        return self
