"""What several test files share."""

import pytest

from lifecircle.assessment import Assessment, assess_study
from lifecircle.study import example_study, read_study


@pytest.fixture(scope="session")
def example() -> Assessment:
    """Assess the made example study once for all files of a worker."""
    return assess_study(read_study(example_study()))
