"""What the running system tells of itself: to Prometheus, to `tocsin trace` and to `tocsin top`."""

import io
import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from rich.console import Console

from deploy.actions.top import watch
from deploy.actions.tracing import lines, trace
from deploy.demo.demo import drain
from deploy.supervise.up import embedded_settings, embedded_tree
from schemas.errors import Stop
from schemas.identity import article_id
from schemas.records import Article, Publisher
from streams.settings import Settings
from tests.integration.hook import Hook
from tests.integration.system import System, eventually
from tests.integration.test_pipeline import publish
from tests.observe.prometheus import MISSING, Prometheus

pytestmark = pytest.mark.timeout(420)
SEED = Path(__file__).parents[1] / "domain" / "seed_article.txt"
STAGES = {"dedupe", "classify", "link", "alert", "load", "notify"}


def an_article(url, title, body, at):
    return Article(
        article_id=article_id(url, title, body), url=url, canonical_url=url, title=title, body=body, lang="en",
        source=Publisher(domain="news.example"), published_at=at, fetched_at=at,
    )  # fmt: skip


def test_the_seed_article_is_traced_from_feed_to_webhook_and_counted(tmp_path, request):
    if MISSING:
        (pytest.fail if request.config.getoption("--parts") == "both" else pytest.skip)(MISSING)
    at = datetime(2021, 6, 28, 12, tzinfo=UTC)
    seed = an_article("https://news.example/seed", "Seed", SEED.read_text(encoding="utf-8"), at)
    copy = replace(seed, article_id="c" * 32, url="https://other.example/1", canonical_url="https://other.example/1")
    calm = an_article("https://news.example/calm", "Choir sings", "The choir sang in the town hall on Monday.", at)
    with Hook() as hook:
        given = Settings(
            data_dir=tmp_path, console_port=0, gateway_port=0, broker_port=0, notify={"desk": {"url": hook.url()}}
        )
        settings = embedded_settings(given)
        system = System(settings, embedded_tree(settings))
        prometheus = Prometheus(tmp_path / "prometheus", tmp_path, settings.console_port, every="1s")
        try:
            with prometheus.child:
                publish(system, [seed, copy, calm])
                drain(settings.kafka, watch=system.tree.watch)
                eventually(lambda: bool(hook.told()), seconds=60, what="the webhook is told")
                told = "\n".join(lines(trace(settings, seed.url)))
                for stage in ("connect", "dedupe", "classify", "link", "alert", "notify"):
                    assert f"  {stage} " in told
                assert "desk received revision" in told
                assert f"a copy of {seed.article_id}" in "\n".join(lines(trace(settings, copy.article_id)))
                assert "its role is story" in "\n".join(lines(trace(settings, calm.url)))
                with pytest.raises(Stop, match="no article"):
                    trace(settings, "https://news.example/unknown' OR 1=1")

                def seen():
                    return set(prometheus.values("tocsin_latency_seconds_count > 0"))

                eventually(
                    lambda: {re.search('"stage": "(\\w+)"', labels)[1] for labels in seen()} >= STAGES,
                    seconds=60, what="every stage tells its latency to Prometheus",
                )  # fmt: skip
                eventually(
                    lambda: set(prometheus.values("tocsin_lag_records").values()) == {0.0},
                    seconds=60, what="Prometheus sees nothing left to read",
                )  # fmt: skip
                assert prometheus.values('tocsin_stage_records_total{stage="dedupe"}').popitem()[1] == 3
                assert max(prometheus.values("tocsin_state_bytes").values()) > 1000
                assert min(prometheus.values("up").values()) == 1
                screens = []
                watch(settings, screens.append, lambda _: True, 0.1)
                console = Console(width=160, record=True, file=io.StringIO())
                console.print(screens[-1])
                text = console.export_text()
                assert "news.article.v1" in text
                assert "drone" in text.lower()
        finally:
            system.tree.stop()
