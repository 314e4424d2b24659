"""
The method in one page: streets and tables in, verdicts out.

`assess` links residences to the facilities they can walk to, counts the floor area that counts,
shares it out, and compares it with what the standard asks. Everything it finds stands in one
`Assessment`, which the writers only print.
"""

from lifecircle.assessment.findings import Assessment
from lifecircle.assessment.method import assess, assess_study
from lifecircle.read.study_standard import PLAIN_STANDARD

__all__ = ["PLAIN_STANDARD", "Assessment", "assess", "assess_study"]
