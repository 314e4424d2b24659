"""What a study is made of, and the file that says so."""

from lifecircle.study.barriers import BarriersInput
from lifecircle.study.base_map import BaseMapSettings
from lifecircle.study.buildings import BuildingsInput
from lifecircle.study.elevation import ElevationInput
from lifecircle.study.file import example_study, read_study, study_language
from lifecircle.study.geocoding import GeocodingSettings
from lifecircle.study.inputs import (
    AreaInput,
    FacilitiesInput,
    HouseholdRule,
    ResidencesInput,
    StatisticsInput,
    StreetsInput,
    ZonesInput,
)
from lifecircle.study.plan import PlanSettings
from lifecircle.study.population import PopulationInput
from lifecircle.study.priority import PrioritySettings
from lifecircle.study.profile import WalkProfile
from lifecircle.study.profile_file import profile_names, read_profile
from lifecircle.study.robustness import RobustnessSettings
from lifecircle.study.settings import LossLimits, Study
from lifecircle.study.walk import WalkSettings

__all__ = [
    "AreaInput",
    "BarriersInput",
    "BaseMapSettings",
    "BuildingsInput",
    "ElevationInput",
    "FacilitiesInput",
    "GeocodingSettings",
    "HouseholdRule",
    "LossLimits",
    "PlanSettings",
    "PopulationInput",
    "PrioritySettings",
    "ResidencesInput",
    "RobustnessSettings",
    "StatisticsInput",
    "StreetsInput",
    "Study",
    "WalkProfile",
    "WalkSettings",
    "ZonesInput",
    "example_study",
    "profile_names",
    "read_profile",
    "read_study",
    "study_language",
]
