"""Commands about the list of feeds: feeds list, check, import and export."""

import json
from pathlib import Path
from typing import Annotated

import typer

from deploy.commands.configured import load_settings

feeds = typer.Typer(
    invoke_without_command=True,
    help="The list of feeds: how they do, whether they answer, OPML in and out. `tocsin connect feeds` reads them.",
)


def add_to(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    app.add_typer(feeds, name="feeds")


@feeds.callback()
def _default(context: typer.Context) -> None:
    if context.invoked_subcommand is None:
        list_feeds(as_json=False, troubled=False)


@feeds.command("list")
def list_feeds(
    as_json: Annotated[bool, typer.Option("--json", help="As a JSON list.")] = False,
    troubled: Annotated[bool, typer.Option("--troubled", help="Only those that are not well.")] = False,
) -> None:
    """The feeds and how they do, as far as a connector has read them."""
    from datetime import UTC, datetime

    from kafka.errors import KafkaError
    from rich.console import Console
    from rich.table import Table

    from connectors.ingest.contract import Fatal
    from connectors.ingest.positions import read_positions
    from deploy.actions.feeds import listed, states
    from schemas.transport.brokers import shown

    settings, console = load_settings(), Console()
    found = listed(settings)
    try:
        stored = read_positions(settings.kafka)
    except (KafkaError, Fatal) as error:
        stored = {}
        Console(stderr=True).print(f"the list without its states: {shown(settings.kafka)}: {error!r}")
    rows = states(found, stored, datetime.now(UTC))
    if troubled:
        rows = [row for row in rows if row["status"] not in {"ok", "new"}]
    if as_json:
        print(json.dumps(rows, ensure_ascii=False))
        return
    table = Table(box=None)
    for heading in ("status", "a day", "last item", "next"):
        table.add_column(heading, no_wrap=True)
    table.add_column("feed")
    for row in rows:
        dates = (str(row[name] or "")[5:16].replace("T", " ") for name in ("last_item_at", "next_at"))
        told = str(row["reason"] or row["moved_to"])
        name = str(row["title"] or row["url"])
        table.add_row(str(row["status"]), str(row["items_usual"] or ""), *dates, f"{name}: {told}" if told else name)
    console.print(table)


@feeds.command()
def check(
    urls: Annotated[list[str] | None, typer.Argument(help="Addresses; the whole list when none is given.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """Read every feed once, publishing nothing; exit code 1 when one cannot be read."""
    import asyncio
    from dataclasses import replace

    from connectors.ingest.feedlist import Feed
    from deploy.actions.connecting import open_web, sources_of
    from deploy.actions.feeds import Check, listed
    from deploy.actions.feeds import check as look

    settings = load_settings()
    known = {feed.url: feed for feed in listed(settings)}
    wanted = [replace(known.get(url, Feed(url)), pages=False) for url in urls or known]

    def tell(found: Check) -> None:
        newest = found.newest.isoformat(timespec="minutes") if found.newest else ""
        if as_json:
            print(json.dumps({"url": found.feed.url, "records": found.records, "newest": newest, "error": found.error}))
        else:
            told = f"failed  {found.error}" if found.error else f"ok      {found.records:4} records, newest {newest}"
            print(f"{found.feed.title or found.feed.url}: {told}", flush=True)

    async def run() -> list[Check]:
        async with open_web(settings) as web:
            return await look(list(zip(wanted, sources_of(wanted, web), strict=True)), tell=tell)

    results = asyncio.run(run())
    failed = sum(bool(found.error) for found in results)
    if not as_json:
        print(f"{len(results) - failed} of {len(results)} can be read")
    raise typer.Exit(1 if failed else 0)


@feeds.command("import")
def import_feeds(path: Annotated[Path, typer.Argument(help="An OPML file.")]) -> None:
    """Add the feeds of an OPML file to your own list, which then takes the place of the bundled one."""
    from deploy.actions.feeds import import_opml

    settings = load_settings()
    new, total = import_opml(settings, path)
    print(f"{new} new feeds, {total} in {settings.feeds}")


@feeds.command("export")
def export_feeds(
    path: Annotated[Path | None, typer.Argument(help="Where to; standard output when left out.")] = None,
) -> None:
    """Write the list as OPML."""
    from connectors.ingest.feedlist import to_opml
    from deploy.actions.feeds import listed

    document = to_opml(listed(load_settings()))
    if path:
        path.write_bytes(document)
    else:
        typer.echo(document)
