"""What would happen if: questions about a town that is not there yet."""

from lifecircle.whatif.development import DevelopmentCheck, check_development, check_developments
from lifecircle.whatif.proposal import Development, Phase

__all__ = [
    "Development",
    "DevelopmentCheck",
    "Phase",
    "check_development",
    "check_developments",
]
