"""Commands that need no services: reading one document, scoring against labelled data, planning."""

import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from schemas.errors import Stop


def add_to(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    app.command()(analyze)
    app.command("eval")(evaluate)
    app.command()(capacity)


def capacity(
    times: Annotated[list[float] | None, typer.Option(help="Multiples of the rate.")] = None,
    articles_a_second: Annotated[float, typer.Option(help="The rate; GDELT's world feed by default.")] = 12.5,
    window_hours: Annotated[float, typer.Option(help="How long an article can find its copies.")] = 72.0,
    prices: Annotated[
        Path | None, typer.Option(help="Your price list; without it deploy/capacity/prices.json.", show_default=False)
    ] = None,
    price_processor_hour: Annotated[float | None, typer.Option(help="A processor for an hour, in its place.")] = None,
    price_memory_hour: Annotated[float | None, typer.Option(help="A GB of memory for an hour, in its place.")] = None,
    price_disk_month: Annotated[float | None, typer.Option(help="A GB of disk for a month, in its place.")] = None,
) -> None:
    """What a volume of news takes of processors, partitions, memory, disk and money; which stage breaks first.

    Arithmetic on measured figures, see deploy/capacity. Example: `tocsin capacity --times 1 --times 10 --times 100`
    """
    from rich.console import Console

    from deploy.actions.capacity import PRICES, read_prices
    from deploy.actions.capacity import capacity as planned

    own = {"processor_hour": price_processor_hour, "memory_hour": price_memory_hour, "disk_month": price_disk_month}
    if wrong := [each for each in (*(times or ()), articles_a_second, window_hours) if not 0 < each < float("inf")]:
        raise Stop(f"multiples, rate and window must be more than 0, not {wrong[0]:g}")
    listed, told = read_prices(prices or PRICES, **own)
    Console(width=150).print(planned(times or (1, 10, 100), articles_a_second, listed, window_hours))
    print(f"prices: {told}" + ("; some of your own" if any(price is not None for price in own.values()) else ""))


def _text(file: str) -> str:
    try:
        raw = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    except OSError as error:
        raise Stop(f"cannot read {file}: {error.strerror}") from error
    return raw.decode("utf-8", "replace").removeprefix("\ufeff")


def _configured() -> None:
    """Let the reader do without the sentence encoder where the settings say so."""
    from streams.domain.text import sentence_encoder
    from streams.settings import load_settings

    sentence_encoder.switch(on=load_settings().sentence_encoder)


def _moment(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise Stop(f"--published takes ISO 8601, such as 2021-06-28 or 2021-06-28T09:30:00Z, not {text!r}") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def analyze(
    file: Annotated[str, typer.Argument(help="Text file, or - for standard input.")],
    title: Annotated[str, typer.Option(help="Headline, when it is not the first line of the text.")] = "",
    published: Annotated[str | None, typer.Option(help="Publication time, ISO 8601; now when left out.")] = None,
    url: Annotated[str, typer.Option(help="Address of the article.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print records as JSON.")] = False,
    html: Annotated[
        Path | None, typer.Option(help="Write a page: the text coloured by mention, claims by source.")
    ] = None,
    explain: Annotated[bool, typer.Option(help="Say which rule decided each passage and mention.")] = False,
) -> None:
    """Read one article: its mentions, claims and incidents. Needs no services.

    Example: `tocsin analyze article.txt --published 2021-06-28 --html reading.html`
    """
    from deploy.actions.analyze import analyze_article, print_reading

    _configured()
    now = datetime.now(UTC)
    reading = analyze_article(_text(file), title=title, published=_moment(published) or now, url=url, now=now)
    if html is not None:
        from deploy.actions.reading_page import page

        html.write_text(page(reading), encoding="utf-8")
    if as_json:
        print(json.dumps(reading.to_json(explained=explain), ensure_ascii=False, indent=2))
    else:
        print_reading(reading, explained=explain)
    if html is not None:
        print(f"wrote {html}", file=sys.stderr)


def evaluate(
    task: Annotated[
        str,
        typer.Argument(
            help="dedupe, classify, places, casualties, claims, extract, link, similarity, types or headlines."
        ),
    ],
    data: Annotated[Path, typer.Argument(help="Labelled documents, JSON lines, plain or gzip, or a folder of them.")],
    gold2: Annotated[
        Path | None, typer.Option(help="Second gold file: pairs for dedupe, incidents for casualties.")
    ] = None,
    also: Annotated[Path | None, typer.Option(help="Further documents, fed in the same stream.")] = None,
    predictions: Annotated[Path | None, typer.Option(help="Write one prediction a line to this file.")] = None,
    min_words: Annotated[int, typer.Option(help="dedupe: leave out documents with fewer words.")] = 0,
    seed: Annotated[int, typer.Option(help="Shuffles documents of equal dates.")] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="Print one flat JSON object.")] = False,
) -> None:
    """Score against labelled data, by the same code that the stages run. Needs no services.

    Example: `tocsin eval link docs.jsonl.gz --predictions out.jsonl --json`
    """
    from streams.evaluate.run import evaluate as run

    _configured()
    for file in (data, also, gold2):
        if file is not None and not file.exists():
            raise Stop(f"no such file: {file}")
    metrics: dict[str, Any] = run(
        task, data, also=also, gold2=gold2, predictions=predictions, seed=seed, min_words=min_words
    )
    if as_json:
        print(json.dumps(metrics))
    else:
        for name, value in metrics.items():
            print(f"{name:32} {value:.4f}" if isinstance(value, float) else f"{name:32} {value}")
