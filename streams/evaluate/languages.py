"""Every language by task, with speed, in one table: `python -m streams.evaluate.languages DATA [--write README.md]`.

`DATA` is the folder of labelled sets. Places are held out (`domain/models/scores.json`, five folds). Headlines and
reports are `multilingual/headlines` and `linkset`; nothing was fitted on them, but the packs' writer has read them.
Speed is processor time of one core over all reports that are not English, each read once.
"""

import argparse
import json
import time
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from schemas.records import Mention
from streams.domain.languages.language_pack import CODES, pack
from streams.domain.mentions.read_article import read_article
from streams.domain.text.sentence_encoder import switch
from streams.evaluate.claims import article
from streams.evaluate.documents import read_rows
from streams.evaluate.run import evaluate
from streams.evaluate.table import HELD_OUT, written

BEGIN = "<!-- begin: python -m streams.evaluate.languages -->"
COLUMNS = (
    "language",
    "places F1",
    "headlines: killed",
    "injured",
    "place",
    "MRR",
    "reports",
    "family",
    "country",
    "killed",
)


def main() -> None:
    """Print the table, and write it between its marks in a file."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--write", type=Path, help="a file that holds the marks of this table")
    args = parser.parse_args()
    text = table(args.data)
    print(text)
    if args.write:
        args.write.write_text(written(text, args.write.read_text("utf-8"), BEGIN), "utf-8")


def table(data: Path) -> str:
    """The table in Markdown, and a line of speed beneath it."""
    held_out = json.loads(HELD_OUT.read_text("utf-8"))
    headlines = evaluate("headlines", data / "multilingual" / "headlines")
    reports: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in read_rows(data / "linkset" / "docs.jsonl.gz"):
        if row["lang"] in CODES:
            reports[row["lang"]].append(row)
    lines = [f"| {' | '.join(COLUMNS)} |", "|---" * len(COLUMNS) + "|"]
    for code in sorted(CODES, key=lambda c: (c not in reports and f"{c}_mrr" not in headlines, pack(c).name)):
        cells = [pack(code).name, shown(held_out.get(f"places {code}", {}).get("f1"))]
        cells += [shown(headlines.get(f"{code}_{key}")) for key in ("killed_exact", "injured_exact", "place_found")]
        cells.append("" if (mrr := headlines.get(f"{code}_mrr")) is None else f"{mrr:.2f}")
        lines.append(f"| {' | '.join([*cells, *read_cells(reports.get(code, ()))])} |")
    return "\n".join(lines) + f"\n\n{speed([row for rows in reports.values() for row in rows])}"


def shown(rate: float | None) -> str:
    """A rate in per cent, nothing where there is none."""
    return "" if rate is None else f"{100 * rate:.0f}"


def read_cells(rows: Sequence[dict[str, Any]]) -> list[str]:
    """How many reports, and of how many family, country and figure of killed are read right."""
    if not rows:
        return [""] * 4
    read = [(row, read_article(article(row))) for row in rows]
    killed = [(row, found) for row, found in read if str(row.get("killed_stated") or "").isdigit()]
    right = sum(int(row["killed_stated"]) in figures(found) for row, found in killed)
    return [
        str(len(rows)),
        shown(sum(found[0].family == row["family"] for row, found in read) / len(rows)),
        shown(
            sum(any(m.place and m.place.country == row["country"] for m in found) for row, found in read) / len(rows)
        ),
        f"{right} of {len(killed)}" if killed else "",
    ]


def figures(mentions: Sequence[Mention]) -> set[int]:
    """All figures of killed."""
    return {n for m in mentions for c in m.claims if c.what == "killed" for n in (c.min, c.max) if n is not None}


def speed(rows: Sequence[dict[str, Any]]) -> str:
    """Documents a second, whole and without the sentence encoder."""
    rates = []
    for on in (True, False):
        switch(on=on)
        began = time.process_time()
        for n, row in enumerate(rows):  # another text each time, as vectors of texts read lately are kept
            read_article(article({**row, "text": f"{row['text']} {n}", "title": f"{row['title']} {on}"}))
        rates.append(len(rows) / (time.process_time() - began))
    switch(on=True)
    whole, bare = rates
    return f"{whole:.0f} documents a second whole, {bare:.0f} without the sentence encoder, over {len(rows)} reports."


if __name__ == "__main__":
    main()
