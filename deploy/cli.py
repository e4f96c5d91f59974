"""The command line: `tocsin --help`."""

import gc
import logging
import os
import sys
from typing import Annotated

import typer

from deploy.commands import analysts, correct, feeds, keeping, look, offline, rules, services, systems
from schemas.errors import TocsinError

YOUNG = 50_000  # objects made before the garbage collector looks; 700 make it a fifth of every start
app = typer.Typer(
    name="tocsin",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
    help="Turns the world's news stream into incidents, live. Start with `tocsin demo`.",
)
for room in (systems, services, feeds, look, analysts, offline, correct, rules, keeping):
    room.add_to(app)


@app.callback()
def logging_options(
    verbose: Annotated[
        bool, typer.Option("--verbose", "-v", help="Log what happens, not only what goes wrong.")
    ] = False,
) -> None:
    """Turns the world's news stream into incidents, live. Start with `tocsin demo`."""
    level = logging.INFO if verbose or os.environ.get("LOG_LEVEL") == "INFO" else logging.WARNING
    logging.basicConfig(
        level=logging.WARNING, stream=sys.stderr, format="%(asctime)s %(levelname)s %(name)s %(message)s"
    )
    if os.environ.get("LOG_FORMAT") == "json":
        from schemas.telemetry.logs import JsonLines  # noqa: PLC0415 - so that --help is quick

        for handler in logging.getLogger().handlers:
            handler.setFormatter(JsonLines())
    logging.getLogger("tocsin").setLevel(level)
    if level == logging.WARNING:
        logging.getLogger("kafka").setLevel(logging.CRITICAL)  # its errors reach us as exceptions too


def main() -> None:
    """Entry point: errors that a person can fix become one line and exit code 1, never a traceback."""
    gc.set_threshold(YOUNG)
    try:
        app()
    except TocsinError as error:
        print(f"tocsin: {error}", file=sys.stderr)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except OSError as error:  # no such folder, no room, a port that is taken: a person can mend it
        logging.getLogger("tocsin").info("where it happened", exc_info=True)
        where = f"{error.filename}: " if error.filename else ""
        print(f"tocsin: {where}{error.strerror or error}", file=sys.stderr)
        sys.exit(1)
    except Exception as error:
        kafka = sys.modules.get("kafka.errors")  # not imported here, so that --help is quick
        if kafka is None or not isinstance(error, kafka.KafkaError):
            raise
        print(f"tocsin: Kafka does not answer ({error!r}); `tocsin doctor` tells more", file=sys.stderr)
        sys.exit(1)


if __name__ == "__main__":
    main()
