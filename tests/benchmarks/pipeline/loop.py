"""The stages one after the other in one loop without Kafka, each record through the wire format between them."""

import time
from collections import Counter, deque
from collections.abc import Sequence

from threadpoolctl import threadpool_limits

from schemas.codec import Codec
from schemas.records import Article
from schemas.topics import ARTICLE, INCIDENT, MENTION, ORIGINAL
from streams.domain.alerting.rules import RuleBook
from streams.settings import Settings
from streams.stages import STAGES
from streams.worker import make_stage

READS = dict(zip((ARTICLE.name, ORIGINAL.name, MENTION.name, INCIDENT.name), STAGES, strict=True))


def in_one_loop(articles: Sequence[Article]) -> dict[str, float]:
    """Articles a second of one core, and milliseconds of processor time an article takes in each stage."""
    codec, settings = Codec(), Settings()
    threadpool_limits(1)
    stages = {name: make_stage(name, settings, RuleBook(settings.base_rules())) for name in STAGES}
    states = {name: stage.restore(()) for name, stage in stages.items()}
    stages["classify"].handle(None, _original(stages["dedupe"], articles[0]))  # loads its models
    waiting, spent = deque[tuple[str, bytes]](), Counter[str]()
    arrived = [codec.encode(article) for article in articles]
    began, wall = time.process_time(), time.monotonic()
    for raw in arrived:
        waiting.append((ARTICLE.name, raw))
        while waiting:
            topic, value = waiting.popleft()
            record = codec.decode(value, topic)
            if stage := READS.get(topic):
                before = time.process_time()
                outcome = stages[stage].handle(states[stage], record)
                spent[stage] += time.process_time() - before
                waiting += [(codec.topic(r), codec.encode(r)) for r in outcome.records]
    total, wall = time.process_time() - began, time.monotonic() - wall
    count = len(articles)
    return {
        "articles/s": count / wall,
        "ms": 1000 * total / count,
        **{f"{stage} ms": 1000 * seconds / count for stage, seconds in spent.items()},
    }


def _original(dedupe, article):
    return dedupe.handle(dedupe.restore(()), article).records[0]
