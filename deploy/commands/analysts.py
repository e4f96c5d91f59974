"""Commands for those who take the results elsewhere: export, subscribe and mcp."""

import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from deploy.commands.configured import load_settings
from schemas.errors import Stop


def add_to(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    app.command()(export)
    app.command()(subscribe)
    app.command()(mcp)


def export(
    folder: Annotated[Path | None, typer.Argument(help="Folder for Parquet files, one a day.")] = None,
    form: Annotated[str, typer.Option("--format", "-f", help="geojson or csv: incidents to standard output.")] = "",
    country: Annotated[str, typer.Option(help="Of geojson and csv: one country, by ISO 3166-1 alpha-2 code.")] = "",
    family: Annotated[str, typer.Option(help="Of geojson and csv: one family of the ontology.")] = "",
    since: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Of geojson and csv: changed on that day or later.")
    ] = None,
) -> None:
    """Write incidents and claims to files.

    Example: `tocsin export archive` writes the days that changed since the last time; stop and repeat it as you like.

    Example: `tocsin export --format geojson --country UA > incidents.geojson`
    """
    from connectors.sinks.contract import StoreError
    from connectors.sinks.reading import geojson, read_incidents, write_csv
    from deploy.actions.exporting import export_days

    url = load_settings().clickhouse.get_secret_value()
    if bool(folder) == bool(form) or form not in {"", "geojson", "csv"}:
        raise Stop("give a folder for Parquet files by day, or --format geojson or csv for standard output")
    if folder:
        if country or family or since:
            raise Stop("files by day hold all incidents: --country, --family and --since need --format geojson or csv")
        done = export_days(url, folder)
        print(f"{len(done.written)} days written with {done.rows} rows, {done.unchanged} had not changed")
        return
    try:
        table = read_incidents(url, country=country, family=family, since=since)
    except StoreError as error:
        raise Stop(str(error)) from error
    if form == "geojson":
        for line in geojson(table):
            print(line)
    else:
        write_csv(table, sys.stdout)


def subscribe() -> None:
    """Print where brokers and schemas are, what topics there are, and commands that read them."""
    from deploy.actions.subscribing import directions

    print(directions(load_settings()))


def mcp() -> None:
    """Serve incidents to agents over the Model Context Protocol, on standard input and output; read-only.

    Example for a client's configuration: command `tocsin`, arguments `["mcp"]`.
    """
    try:
        from deploy.actions.mcp_server import read_only_reader, server
    except ModuleNotFoundError as error:
        if error.name is None or error.name.split(".")[0] != "mcp":
            raise
        raise Stop("tocsin mcp needs one more package: pip install 'tocsin[mcp]'") from error
    server(read_only_reader(load_settings().clickhouse.get_secret_value())).run()
