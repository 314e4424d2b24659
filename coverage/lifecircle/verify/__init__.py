"""
A second opinion on a result folder, by other code than the engine's.

The published numbers are computed again with plain loops over whole numbers and fractions, the
walks with a plain Dijkstra. Only the reading of inputs and the building of the street network are
the engine's own.
"""

from lifecircle.verify.checks import Check, verify_result

__all__ = ["Check", "verify_result"]
