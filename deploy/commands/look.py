"""Commands that inspect: doctor, tail, trace, top, sql and quarantine."""

import json
import sys
from typing import Annotated

import typer

from deploy.commands.configured import load_settings
from schemas.errors import Stop

quarantine = typer.Typer(no_args_is_help=True, help="Look at what could not be handled, and put it through again.")


def add_to(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    app.command()(doctor)
    app.command()(tail)
    app.command()(trace)
    app.command()(top)
    app.command()(sql)
    app.add_typer(quarantine, name="quarantine")


def doctor() -> None:
    """Check every dependency, version and lag; say what to do. Exit code 1 when something is wrong."""
    from deploy.actions.doctor import examine

    findings = examine(load_settings())
    for finding in findings:
        print(f"{'ok  ' if finding.good else 'FAIL'}  {finding.what:22} {finding.found}")
        if finding.cure:
            print(f"      {'':22} -> {finding.cure}")
    raise typer.Exit(0 if all(f.good for f in findings) else 1)


def tail(
    topic: Annotated[
        str,
        typer.Argument(
            help="articles, originals, copies, events, mentions, incidents, relations, alerts, rules, triage, feeds, "
            "quarantine."
        ),
    ],
    from_start: Annotated[
        bool, typer.Option("--from-start", help="From the oldest message on, not only new ones.")
    ] = False,
    count: Annotated[int, typer.Option("--count", "-n", help="Stop after so many; 0 goes on for ever.")] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="Whole records, one JSON object a line.")] = False,
    verify: Annotated[
        bool, typer.Option("--verify", help="Decode with Apache Avro's codec as well; exit 1 where the two differ.")
    ] = False,
) -> None:
    """Read a topic live, decoded.

    Example: `tocsin tail alerts --from-start`
    """
    from deploy.actions.tail import Verified, follow, line, topic_named

    settings = load_settings()
    name = topic_named(topic)
    verified = Verified() if verify else None
    try:
        for record in follow(settings.kafka, name, from_start=from_start, count=count):
            print(json.dumps(record.json(), ensure_ascii=False) if as_json else line(record), flush=True)
            if verified and (found := verified.note(record)):
                place = f"{record.topic}-{record.partition}-{record.offset}"
                print(f"DIFFERS at {place}: {', '.join(found)}", file=sys.stderr)
    finally:
        if verified:
            print(verified.words(), file=sys.stderr)
    if verified and verified.different:
        raise typer.Exit(1)


def trace(
    article: Annotated[str, typer.Argument(help="An article's id or address.")],
) -> None:
    """Where an article went, what it became, how long each step took, and why it did not alert.

    Example: `tocsin trace https://example.org/flood`
    """
    from deploy.actions.tracing import lines
    from deploy.actions.tracing import trace as follow_article

    for words in lines(follow_article(load_settings(), article)):
        print(words)


def top(
    every: Annotated[float, typer.Option(help="Seconds between two looks.")] = 2.0,
    once: Annotated[bool, typer.Option("--once", help="Print one table, after two looks, and end.")] = False,
) -> None:
    """A live table of rates, lag and the newest incidents; Ctrl-C ends it."""
    import time

    from rich.console import Console, RenderableType
    from rich.live import Live

    from deploy.actions.top import watch

    if once:
        tables: list[RenderableType] = []

        def twice(seconds: float) -> bool:
            time.sleep(seconds if len(tables) < 2 else 0)
            return len(tables) > 1

        watch(load_settings(), tables.append, twice, every)
        Console().print(tables[-1])
        return
    with Live(screen=True, auto_refresh=False) as live:

        def wait(seconds: float) -> bool:
            time.sleep(seconds)
            return False

        watch(load_settings(), lambda table: live.update(table, refresh=True), wait, every)


def sql(
    statement: Annotated[
        str, typer.Argument(help="A SELECT, or the name of a question of the cookbook; - reads standard input.")
    ] = "",
    names: Annotated[bool, typer.Option("--list", help="The questions of the cookbook with their parameters.")] = False,
    param: Annotated[
        list[str] | None, typer.Option("--param", "-p", help="name=value for a `{name:Type}` of the statement.")
    ] = None,
    form: Annotated[str, typer.Option("--format", "-f", help="csv, tsv, json (one object a row) or parquet.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Short for --format json.")] = False,
    chart: Annotated[bool, typer.Option("--plot", help="Bars: the first number by the first column of words.")] = False,
) -> None:
    """Ask ClickHouse.

    Example: `tocsin sql deadliest --param country=US`

    Example: `tocsin sql by-family --plot`

    Example: `tocsin sql "SELECT family, count() FROM incidents GROUP BY family"`

    A FORMAT clause, such as FORMAT CSV or FORMAT Parquet, gives the answer in any format of ClickHouse.
    """
    from deploy.actions.cookbook import given, recipes
    from deploy.actions.sql import print_answer, select, statement_of

    if names or not statement:
        for recipe in recipes().values():
            print(f"{recipe.name:16} {recipe.question}")
            for p in recipe.parameters:
                print(f"{'':18} --param {p.name}={p.default:12} {p.meaning}")
        return
    text = sys.stdin.read() if statement == "-" else statement
    answer = select(load_settings(), statement_of(text, given(param or [])))
    print_answer(answer, form="json" if as_json else form, chart=chart)


@quarantine.command("list")
def quarantine_list(limit: Annotated[int, typer.Option(help="Newest so many.")] = 50) -> None:
    """The newest records in quarantine, a line each."""
    from deploy.actions.quarantine import newest

    for record in newest(load_settings().kafka, limit):
        print(f"{record.failed_at:%Y-%m-%d %H:%M:%S}  {record.quarantine_id:44} {record.error}: {record.reason[:110]}")


@quarantine.command("show")
def quarantine_show(quarantine_id: str) -> None:
    """One record in full, with its bytes."""
    from deploy.actions.quarantine import find
    from schemas.codec import to_json

    record = find(load_settings().kafka, quarantine_id)
    if record is None:
        raise Stop(f"no record {quarantine_id} in quarantine; `tocsin quarantine list` names them")
    print(json.dumps({**to_json(record), "value": repr(record.value)}, indent=2, ensure_ascii=False))


@quarantine.command("replay")
def quarantine_replay(
    quarantine_id: Annotated[str, typer.Argument(help="One record's id, or `all`.")],
) -> None:
    """Send records to the topic they came from once more, after the fault has been repaired."""
    from deploy.actions.quarantine import replay

    sent = replay(load_settings().kafka, None if quarantine_id == "all" else quarantine_id)
    print(f"{sent} sent again")
