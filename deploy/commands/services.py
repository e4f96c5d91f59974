"""Commands that run single parts: setup, worker, connect, push-server, load, notify and console."""

from pathlib import Path
from typing import Annotated

import typer

from deploy.commands.configured import load_settings
from deploy.commands.signals import stop_on_signals
from schemas.errors import Stop


def add_to(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    app.command()(setup)
    app.command()(worker)
    app.command()(connect)
    app.command("push-server")(push_server)
    app.command()(load)
    app.command()(notify)
    app.command()(console)


def setup(
    refill: Annotated[
        bool,
        typer.Option("--refill", help="Also fill tables with rows that an earlier version's loader left out of them."),
    ] = False,
) -> None:
    """Create topics, register schemas, migrate ClickHouse. Safe to repeat; stop the loader before an upgrade."""
    from connectors.load.explain import explain
    from connectors.load.migrate import migrate
    from connectors.load.migrate import refill as filled_again
    from connectors.sinks.contract import StoreError
    from connectors.sinks.open import open_store
    from deploy.actions.contracts_check import check_contracts, keep_contracts
    from deploy.actions.setup import create_topics
    from schemas.transport.registry import registered_ids

    settings = load_settings()
    print(f"contracts   {check_contracts(settings)}")
    topics = create_topics(settings)
    print(f"topics      {len(topics.created)} created, {len(topics.existing)} there")
    if topics.kept_anew:
        print(f"retention   as set now, of {', '.join(topics.kept_anew)}")
    if settings.registry:
        print(f"schemas     {len(registered_ids(settings.registry))} registered at {settings.registry}")
    else:
        print("schemas     built in; the console serves them")
    keep_contracts(settings)
    url = settings.clickhouse.get_secret_value()
    if url.startswith("http"):
        print("ClickHouse  embedded; the loader migrates it")
        return
    try:
        store = open_store(url)
        try:
            report = migrate(store)
            filled = filled_again(store) if refill else ()
            told = explain(store)
        finally:
            store.close()
    except StoreError as error:
        raise Stop(str(error)) from error
    waiting = f", waiting for a newer server: {', '.join(report.waiting)}" if report.waiting else ""
    print(f"ClickHouse  {len(report.applied)} migrations applied, {len(report.present)} there{waiting}")
    if filled:
        print(f"filled      once more: {', '.join(filled)}")
    print(f"codebook    {f'{told} entries written' if told else 'as it should be'}")


def worker(
    stages: Annotated[
        list[str] | None, typer.Argument(help="dedupe, classify, link, alert; all when none is named.")
    ] = None,
    together: Annotated[bool, typer.Option("--together", help="All of them in this process.")] = False,
) -> None:
    """Run stages: one in this process, several in a process each (TOCSIN_WORKER_PROCESSES=2: in two).

    Example: `tocsin worker link alert`
    """
    from deploy.supervise.tree import Tree, workers
    from streams.stages import STAGES

    settings, wanted = load_settings(), tuple(stages or STAGES)
    if unknown := set(wanted) - set(STAGES):
        raise Stop(f"no stage {', '.join(sorted(unknown))}; there are {', '.join(STAGES)}")
    if together or len(wanted) == 1:
        from deploy.actions.codec import open_codec
        from deploy.actions.telemetry import serve_telemetry
        from streams.worker import run_stages

        serve_telemetry(settings, f"worker {' '.join(wanted)}")
        run_stages(wanted, settings, open_codec(settings))
        return
    stop, tree = stop_on_signals(), Tree([], settings.kafka, settings.data_dir)
    try:
        tree.start_together(workers(settings, wanted))
        while not stop.wait(0.5):
            for line in tree.watch():
                print(line, flush=True)
    finally:
        tree.stop()


def connect(
    name: Annotated[
        str,
        typer.Argument(
            help="feeds (your list), feed, files; of events gdelt, quakes, disasters, cap, reliefweb, acled, mapped."
        ),
    ],
    where: Annotated[
        list[str] | None, typer.Argument(help="Addresses; files, folders, buckets (s3://...) or - for standard input.")
    ] = None,
    every: Annotated[
        float | None, typer.Option(help="Seconds between polls instead of each source's own rhythm; 0 polls once.")
    ] = None,
    pages: Annotated[bool, typer.Option("--pages", help="With the full text behind the links of feeds.")] = False,
    mapping: Annotated[Path | None, typer.Option(help="For mapped: TOML that says what is where in the files.")] = None,
    afresh: Annotated[bool, typer.Option("--afresh", help="From the start, whatever was read before.")] = False,
) -> None:
    """Bring articles or feed events into Kafka. What was read before is not read again, after a restart neither.

    Examples:
    - `tocsin connect feeds` and `tocsin connect feed https://example.org/rss.xml`

    - `tocsin connect gdelt`, `tocsin connect quakes` and `tocsin connect cap https://example.org/alerts.atom`

    - `tocsin connect files news/ archive.warc.gz s3://bucket/2024/` and `zcat old.jsonl.gz | tocsin connect files -`

    - `tocsin connect acled export.csv` and `tocsin connect mapped own.csv --mapping own.toml`

    """
    from deploy.actions.connecting import run_connector
    from deploy.actions.telemetry import serve_telemetry

    settings = load_settings()
    serve_telemetry(settings, f"connect {name}")
    sent = run_connector(
        settings,
        name,
        where or (),
        every=every,
        afresh=afresh,
        pages=pages,
        mapping=mapping,
        stop=stop_on_signals(),
        tell=print,
    )
    print(f"{sent} records published")


def push_server(
    host: Annotated[str | None, typer.Option(help="Address to listen on; another than loopback needs a token.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on.")] = None,
) -> None:
    """Take articles and events that others push over HTTP: POST /v1/articles and /v1/events, see /openapi.json.

    Example: `tocsin push-server`, then `curl -d '{"title": "Two dead in flood"}' -H 'Content-Type: application/json'
    http://127.0.0.1:8724/v1/articles`. The setting push_token (TOCSIN_PUSH_TOKEN) is what requests must carry.
    """
    from deploy.actions.pushing import run_push
    from deploy.actions.telemetry import serve_telemetry

    settings = load_settings()
    serve_telemetry(settings, "push")
    run_push(settings, host or settings.push_host, settings.push_port if port is None else port)


def load(
    embedded: Annotated[
        bool, typer.Option("--embedded", help="Into the embedded engine, and open its read-only gateway.")
    ] = False,
) -> None:
    """Load every topic into ClickHouse until stopped."""
    from deploy.actions.codec import open_codec
    from deploy.actions.loading import run_loader
    from deploy.actions.telemetry import serve_telemetry

    settings = load_settings()
    serve_telemetry(settings, "loader")
    run_loader(settings, open_codec(settings), embedded=embedded)


def notify(
    targets: Annotated[list[str] | None, typer.Argument(help="Names of targets; all when none is named.")] = None,
    test: Annotated[bool, typer.Option("--test", help="Send each a message that says it is a test, and end.")] = False,
    from_start: Annotated[
        bool, typer.Option("--from-start", help="Also send past alerts that a target has not received.")
    ] = False,
) -> None:
    """Take alerts to people and programs: webhooks, and through Apprise chat, mail, pagers and more.

    Targets are tables of `tocsin.toml`, or TOCSIN_NOTIFY__DESK__URL=... and the like (keys: streams/notify_settings.py)

        [notify.desk]
        url = "https://intranet.example/hooks/alerts"
        secret_file = "/run/secrets/desk"
        countries = ["UA", "SD"]

        [notify.oncall]
        url_file = "/run/secrets/slack"
        least_level = "critical"

    Examples:
    - `tocsin notify --test` and `tocsin notify --test oncall`

    - `tocsin notify` takes what comes from now on to all; a restart goes on where it stopped

    - `tocsin notify desk --from-start` takes every alert there is to one

    """
    from deploy.actions.notifying import run_notifier, send_tests
    from deploy.actions.telemetry import serve_telemetry

    settings = load_settings()
    if test:
        results = send_tests(settings, targets or ())
        for name, trouble in results.items():
            print(f"{name:20} {trouble or 'has taken the test'}")
        raise typer.Exit(1 if any(results.values()) else 0)
    serve_telemetry(settings, "notify")
    run_notifier(settings, targets or (), stop_on_signals(), from_start=from_start)


def console() -> None:
    """Serve the console and the built-in schema registry."""
    from deploy.actions.archive import ClickHouseArchive
    from deploy.actions.codec import open_codec
    from deploy.supervise.groups import GroupWatch
    from streams.console.server import run_console

    settings = load_settings()
    watch = GroupWatch(settings.kafka, settings.data_dir, settings.notify)
    watch.start()
    archive = ClickHouseArchive(settings.clickhouse.get_secret_value())
    run_console(settings, open_codec(settings), watch.groups, archive)
