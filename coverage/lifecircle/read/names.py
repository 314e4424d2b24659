"""Names of places in the form in which they are compared."""

import re
import unicodedata
from typing import Final

from lifecircle.labels import simplified

__all__ = ["name_key"]

_BETWEEN: Final = re.compile(r"[\s·•・.,，、'\"“”‘’_-]+")
_BRACKETS: Final = re.compile(r"[()\[\]【】〔〕《》<>]")
# What some lists write behind a name and others leave out. A name that is nothing else keeps it.
_ENDING: Final = re.compile(r"(?<=..)(?:居民小区|住宅小区|住宅区|居住区|小区|生活区)$")
_DIGITS: Final = str.maketrans("一二三四五六七八九", "123456789")
_PART: Final = re.compile(r"第?([一二三四五六七八九])(?=[期区村号院栋])")


def name_key(name: str) -> str:
    """
    Give a name the form in which it is compared.

    Parameters
    ----------
    name
        As it is written.

    Returns
    -------
    key
        Half width, lower case, simple characters, without spaces, brackets' signs, points between
        and endings such as 小区; parts are numbered in digits (一期 is 1期). What stands in
        brackets counts: 幸福里(东区) is not 幸福里(西区). 花园 and 苑 belong to a name.

    Examples
    --------
    >>> name_key("幸福里（一期）小区") == name_key("幸福里1期"), name_key("幸福花園")
    (True, '幸福花园')
    """
    plain = simplified(unicodedata.normalize("NFKC", name)).lower()
    plain = _BETWEEN.sub("", _BRACKETS.sub("", plain))
    plain = _PART.sub(lambda found: found[1].translate(_DIGITS), plain)
    return _ENDING.sub("", plain)
