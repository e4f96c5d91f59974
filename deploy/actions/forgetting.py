"""`tocsin forget`: removes an article's text from tables and compacted topics; its figures stay."""

from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass

from connectors.sinks.contract import Store, StoreError
from connectors.sinks.embedded import EmbeddedStore
from connectors.sinks.open import open_store
from deploy.actions import forget_tables as tables
from deploy.actions import forget_topics as topics
from deploy.actions.compacted import write
from deploy.actions.topic_settings import kept_days
from schemas.errors import Stop
from streams.settings import Settings


@dataclass(frozen=True, slots=True)
class Report:
    """What is, or was, removed: rows by table, messages by topic, and what the command cannot reach."""

    incidents: int
    rewritten: dict[str, int]
    deleted: dict[str, int]
    messages: dict[str, int]
    copies: tuple[str, ...]
    kept: Mapping[str, float]  # days that topics hold what is in them

    def lines(self, *, done: bool) -> Iterator[str]:
        """For people."""
        yield f"{'took' if done else 'would take'} it out of:"
        for name, rows in self.deleted.items():
            anew = self.rewritten.get(name, 0)
            told = f"{anew} put back without its words" if anew else "nothing put back"
            yield f"  table {name:28} {rows} rows deleted, {told}"
        for name, count in self.messages.items():
            yield f"  topic {name:28} {count} messages: a record without its words, or a tombstone"
        yield f"{self.incidents} incidents keep their figures; the console shows the change when it is started anew"
        kept = ", ".join(f"{name} {days:g} days" for name, days in self.kept.items())
        yield f"until retention deletes it, these topics hold it: {kept}"
        yield "compacted topics hold the older record until the broker compacts them"
        for url in self.copies:
            yield f"printed elsewhere too, to be forgotten by its own address: {url}"
        yield "not reached: backups, exports, what alert targets and subscribers were told, logs of the broker's disks"


def forget(
    store: Store,
    bootstrap: str | None,
    url: str,
    *,
    yes: bool,
    batch_bytes: int = 16_384,
    kept: Mapping[str, float] = topics.KEPT_DAYS,
) -> Report:
    """Remove an article, or with `yes` False report what would be removed; `bootstrap` None: there is no broker.

    Topics go first, then tables, so that a command that dies in between is simply called again. Raises Stop when the
    article is unknown or workers run, StoreError and KafkaError when a part is away.
    """
    found = tables.find(store, url)
    if not found.traces.documents:
        raise Stop(f"no table has an article at {url}")
    works = tables.plan(store, found)
    messages = topics.plan(bootstrap, found.traces) if bootstrap else []
    if yes:
        if bootstrap:
            topics.need_idle(bootstrap)
            write(bootstrap, messages, batch_bytes=batch_bytes)
        tables.carry_out(store, works)
    return Report(
        len(found.incidents),
        {w.place.table: len(w.anew) for w in works},
        {w.place.table: len(w.old) for w in works},
        topics.counts(messages),
        found.copies,
        kept,
    )


def forget_here(settings: Settings, url: str, *, yes: bool, embedded: bool) -> Report:
    """The same on the parts that the settings name; `embedded`: on the data folder of a `tocsin up` that is stopped.

    Raises Stop with the reason.
    """
    try:
        where = settings.clickhouse.get_secret_value()
        if not embedded and where.startswith("http"):
            raise Stop("`tocsin up` holds the embedded engine: stop it, then `tocsin forget --embedded`")
        store = EmbeddedStore(settings.data_dir.resolve() / "clickhouse") if embedded else open_store(where)
        with closing(store):
            broker = None if embedded else settings.kafka  # the embedded broker keeps nothing after its end
            return forget(store, broker, url, yes=yes, batch_bytes=settings.batch_bytes, kept=kept_days(settings))
    except StoreError as error:
        raise Stop(str(error)) from error
