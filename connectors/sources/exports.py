"""Kinds of files that hold events: ACLED's export, and what a mapping describes."""

from collections.abc import Iterator
from datetime import datetime
from typing import BinaryIO

from connectors.ingest.contract import Parsed
from connectors.sources.acled import parse_acled
from connectors.sources.files import Kind
from connectors.sources.mapped import Mapping, parse_mapped
from schemas.topics import EVENT

ENDINGS = {"csv": (".csv", ".tsv", ".txt"), "jsonl": (".jsonl", ".ndjson"), "json": (".json", ".geojson")}


def _read_acled(stream: BinaryIO, *, name: str, where: str, feed: str, fetched_at: datetime) -> Iterator[Parsed]:
    del name
    return parse_acled(stream, where=where, feed=feed, fetched_at=fetched_at)


ACLED = Kind(EVENT.name, frozenset(ENDINGS["csv"]), _read_acled)


def mapped(mapping: Mapping) -> Kind:
    """Files in the form of a mapping."""

    def read(stream: BinaryIO, *, name: str, where: str, feed: str, fetched_at: datetime) -> Iterator[Parsed]:
        del name
        return parse_mapped(stream, mapping, where=where, feed=feed, fetched_at=fetched_at)

    return Kind(EVENT.name, frozenset(ENDINGS[mapping.format]), read)
