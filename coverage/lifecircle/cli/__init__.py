"""
The command line.

The scientific libraries take seconds to import and `lifecircle --help` must not wait for them: a
command imports what it calls inside its own body.
"""

from lifecircle.cli.command_line import app, main

__all__ = ["app", "main"]
