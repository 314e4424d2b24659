"""Who can walk to eldercare within 15 minutes, and which residential areas lack floor area."""

from importlib.metadata import version

__all__ = ["__version__"]

__version__ = version("lifecircle")
