"""Commands for maintenance: forget an article, back up and restore."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from deploy.commands.configured import load_settings

if TYPE_CHECKING:
    from deploy.actions.backup import Kept

Folder = Annotated[Path, typer.Argument(help="Folder of the backup.", show_default=False)]
Embedded = Annotated[
    bool, typer.Option("--embedded", help="The data folder of a `tocsin up` that is stopped; tables alone.")
]
Only = Annotated[Literal["all", "tables", "topics"], typer.Option(help="What of it.")]


def add_to(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    app.command()(forget)
    app.command()(backup)
    app.command()(restore)


def forget(
    url: Annotated[str, typer.Argument(help="The article's address.", show_default=False)],
    yes: Annotated[bool, typer.Option("--yes", help="Do it; without, only say what would be done.")] = False,
    embedded: Annotated[
        bool, typer.Option("--embedded", help="In the data folder of a `tocsin up` that is stopped.")
    ] = False,
) -> None:
    """Remove an article's text everywhere; the figures of its incidents stay. Stop the workers before `--yes`.

    Example: `tocsin forget https://example.org/flood`, then, when it is the right one,
    `tocsin forget https://example.org/flood --yes`
    """
    from deploy.actions.forgetting import forget_here

    for line in forget_here(load_settings(), url, yes=yes, embedded=embedded).lines(done=yes):
        print(line)
    if not yes:
        print("nothing was changed; add --yes to do it")


def backup(folder: Folder, only: Only = "all", embedded: Embedded = False) -> None:
    """Write the tables and the compacted topics into a new folder, as Parquet. It may run while all else does.

    Example: `tocsin backup /backups/2026-11-29`
    """
    from deploy.actions.backup import back_up

    _tell(back_up(load_settings(), folder, only=only, embedded=embedded))


def restore(folder: Folder, only: Only = "all", embedded: Embedded = False) -> None:
    """Fill empty tables and topics from a backup: after `tocsin setup`, before anything else is started.

    Example: `tocsin setup && tocsin restore /backups/2026-11-29`
    """
    from deploy.actions.backup import put_back

    _tell(put_back(load_settings(), folder, only=only, embedded=embedded))


def _tell(kept: "Kept") -> None:
    for kind, counts in (("table", kept.tables), ("topic", kept.topics)):
        for name, count in counts.items():
            print(f"{kind}  {name:32} {count}")
    print(f"{sum(kept.tables.values())} rows, {sum(kept.topics.values())} messages")
