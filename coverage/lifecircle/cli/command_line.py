"""The command line put together, and the exit code that each kind of error ends with."""

import sys

import typer
from rich.console import Console

from lifecircle.cli import assessing, developing, finished, making, mapping, reporting
from lifecircle.cli.options import EXIT_BUG
from lifecircle.cli.policies import standards
from lifecircle.cli.refusing import refuse
from lifecircle.errors import LifeCircleError

__all__ = ["app", "main"]

app = typer.Typer(
    help="LifeCircle 生活圈: who can walk to eldercare, and where floor area is missing.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for command in (
    assessing.run,
    assessing.check,
    assessing.demo,
    finished.verify,
    finished.export,
    finished.compare,
    making.new,
    making.fetch,
    making.geocode,
    developing.develop,
    reporting.report,
):
    app.command()(command)
app.command(name="map")(mapping.draw_maps)
app.add_typer(standards, name="standards")


def main() -> None:
    """
    Run the command line, and end with the exit code that fits.

    Notes
    -----
    0: done; 2: something in the input must be mended; 3: something on the machine must be mended;
    70: a bug of ours, with its traceback.
    """
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a GBK console cannot show every sign
    try:
        app()
    except LifeCircleError as error:
        refuse(error, ("zh", "en"))  # no study says which
    except Exception:  # noqa: BLE001 - the last resort: shown whole, with its own exit code
        Console(stderr=True).print_exception()
        raise SystemExit(EXIT_BUG) from None
