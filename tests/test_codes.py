from typing import get_args

import pytest

from lifecircle.labels import words
from lifecircle.standards.model import Rule, Standard


@pytest.mark.parametrize("section", ["reason", "counted_reason", "flag"])
def test_every_code_has_words_in_both_languages(section: str) -> None:
    for texts in words(f"supply.{section}").values():
        assert texts["zh"]
        assert texts["en"]


def test_every_status_and_nature_of_a_standard_has_words() -> None:
    statuses = get_args(Standard.model_fields["status"].annotation)
    natures = get_args(get_args(Rule.model_fields["nature"].annotation)[0])
    assert set(statuses) == set(words("standard.status"))
    assert set(natures) == set(words("standard.nature"))
