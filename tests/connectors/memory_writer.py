"""An outlet in memory, which tells what is confirmed from what is not."""

from connectors.ingest.positions import Stored
from schemas.codec import Codec
from schemas.records import Article, FeedHealth, QuarantineRecord


class MemoryWriter:
    """`fail` makes every flush fail, each of `failures` one; `records` and `stored` are what was confirmed."""

    def __init__(self):
        self.queued, self.records, self.stored, self.fail = [], [], {}, None
        self.failures = []
        self.codec = Codec()

    def publish(self, record):
        self.codec.encode(record)
        self.queued.append(("record", record))

    def store(self, name, stored):
        self.queued.append((name, stored))

    def flush(self):
        if self.fail or self.failures:
            self.queued = []
            raise self.fail or self.failures.pop(0)
        for name, value in self.queued:
            if name == "record":
                self.records.append(value)
            else:
                self.stored[name] = Stored.from_bytes(value.to_bytes())
        self.queued = []

    @property
    def titles(self):
        return [r.title for r in self.records if isinstance(r, Article)]

    @property
    def good(self):
        return [r for r in self.records if not isinstance(r, QuarantineRecord | FeedHealth)]

    @property
    def health(self):
        return [r for r in self.records if isinstance(r, FeedHealth)]

    @property
    def quarantined(self):
        return [r for r in self.records if isinstance(r, QuarantineRecord)]
