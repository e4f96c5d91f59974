"""Rows of CSV and objects of JSON lines from bytes, one at a time; each unreadable one is an error of its own."""

import csv
import json
from collections.abc import Iterator
from typing import BinaryIO

from connectors.ingest.contract import KEPT_BYTES, Skippable

LONGEST_LINE = 5_000_000  # bytes
DELIMITERS = ",\t;|"
csv.field_size_limit(LONGEST_LINE)


def read_lines(stream: BinaryIO, *, where: str) -> Iterator[tuple[str, bytes] | Skippable]:
    """Lines that are not blank with where they are; the error of each that is longer than LONGEST_LINE."""
    number = 0
    while line := stream.readline(LONGEST_LINE):
        number += 1
        spot = f"{where}, line {number}"
        if len(line) == LONGEST_LINE and not line.endswith(b"\n"):
            while (rest := stream.readline(LONGEST_LINE)) and not rest.endswith(b"\n"):
                pass
            yield Skippable(f"longer than {LONGEST_LINE} bytes; one record a line", raw=line[:KEPT_BYTES], where=spot)
        elif line.strip():
            yield spot, line


def read_objects(stream: BinaryIO, *, where: str) -> Iterator[tuple[str, object] | Skippable]:
    """Values of JSON lines, each with where it is."""
    for line in read_lines(stream, where=where):
        if isinstance(line, Skippable):
            yield line
            continue
        spot, raw = line
        value = load_json(raw.strip(), where=spot)
        yield value if isinstance(value, Skippable) else (spot, value)


def load_json(raw: bytes, *, where: str) -> object | Skippable:
    """A JSON document, or the error that says why it is none."""
    try:
        value: object = json.loads(raw.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        return Skippable(f"not UTF-8 at byte {error.start}; convert the file", raw=raw, where=where)
    except (ValueError, RecursionError) as error:
        return Skippable(f"not JSON: {error}", raw=raw, where=where)
    return value


def read_rows(stream: BinaryIO, *, where: str) -> Iterator[tuple[str, dict[str, str]] | Skippable]:
    """Rows of a CSV or TSV file with a header (RFC 4180), each by the header's names and with where it is.

    A row of another length, or a quote that is never closed, is an error of its own; reading continues after it.
    """
    lines = _Lines(stream, where)
    header: list[str] = []
    rows = lines.rows()
    while True:
        try:
            row = next(rows)
        except StopIteration:
            return
        except Skippable as error:
            yield error
            rows = lines.rows()
            continue
        except csv.Error as error:
            yield Skippable(f"not CSV: {error}", raw=lines.last, where=lines.spot)
            rows = lines.rows()
            continue
        if not header:
            header = [name.strip() for name in row]
            if len(header) < 2 or len(set(header)) < len(header):
                yield Skippable("not a table: its first line must name columns", raw=lines.last, where=lines.spot)
                return
        elif len(row) != len(header):
            why = f"{len(row)} columns where the header has {len(header)}"
            yield Skippable(why, raw=lines.last, where=lines.spot)
        elif any(row):
            yield lines.spot, dict(zip(header, row, strict=True))


class _Lines:
    """Lines of a stream as text, with the place of the newest; the delimiter is what the first holds most of."""

    def __init__(self, stream: BinaryIO, where: str) -> None:
        self._lines = read_lines(stream, where=where)
        self._delimiter = ""
        self.spot, self.last = where, b""

    def rows(self) -> Iterator[list[str]]:
        """Rows from here on; call it again after an error."""
        if not self._delimiter:
            first = next(self._texts(), "")
            if not first:
                return
            self._delimiter = max(DELIMITERS, key=first.count)
            yield from csv.reader([first], delimiter=self._delimiter, strict=True)
        yield from csv.reader(self._texts(), delimiter=self._delimiter, strict=True)

    def _texts(self) -> Iterator[str]:
        for line in self._lines:
            if isinstance(line, Skippable):
                raise line
            self.spot, self.last = line
            try:
                yield self.last.decode("utf-8-sig")
            except UnicodeDecodeError as error:
                why = f"not UTF-8 at byte {error.start}; convert the file"
                raise Skippable(why, raw=self.last, where=self.spot) from error
