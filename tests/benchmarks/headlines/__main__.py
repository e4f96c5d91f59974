"""What is read of six hundred headlines and leads of our own in twenty languages.

    .venv/bin/python -m tests.benchmarks.headlines [CODE ...]

Twenty texts of each language tell an incident, ten tell none. They were written by one who had not seen the language
packs; nobody who wrote packs had seen them. Columns, in percent: opened as news, family right, country right, figures of
harm with both bounds right (how many there are), those of killed without zeros, and texts without an incident that open none.
"""

import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any

from schemas.records import Mention
from streams.domain.mentions.read_article import load_models, read_article
from streams.evaluate.claims import article

HERE = Path(__file__).parent
HARM = ("killed", "injured", "missing", "arrested", "displaced", "abducted")
COLUMNS = (
    ("news", "found", "incidents"), ("family", "family", "incidents"), ("country", "country", "placed"),
    ("figures", "figures", "told"), ("killed", "killed", "dead"), ("calm", "quiet", "calm"),
)  # fmt: skip


def counts(row: dict[str, Any]) -> Counter[str]:
    """What of one text is right, and what there is to be."""
    mentions = read_article(
        article({**row, "url": f"https://headlines.example/{row['id']}", "source": "headlines.example"})
    )
    news = [m for m in mentions if m.role in ("main", "follow-up")]
    if row["family"] is None:
        return Counter(calm=1, quiet=not any(m.role == "main" for m in mentions))
    first = news[0] if news else mentions[0]
    out = Counter(incidents=1, found=bool(news), family=first.family in (row["family"], *row.get("alt", ())))
    if row["country"]:
        out.update(placed=1, country=first.place is not None and first.place.country == row["country"])
    return out + _figures(row, mentions[0])


def _figures(row: dict[str, Any], first: Mention) -> Counter[str]:
    out = Counter[str]()
    for what in HARM:
        if row.get(what) is not None:
            right = tuple(row[what]) in {(c.min, c.max) for c in first.claims if c.what == what}
            out.update(told=1, figures=right)
            if what == "killed" and row[what] != [0, 0]:
                out.update(dead=1, killed=right)
    return out


def line(name: str, found: Counter[str]) -> str:
    """One row of the table."""
    cells = [f"{100 * found[right] / max(1, found[of]):.0f} ({found[of]})" for _, right, of in COLUMNS]
    return f"| {name} | {' | '.join(cells)} |"


def main() -> None:
    """Print the table."""
    load_models()
    print(f"| language | {' | '.join(c[0] for c in COLUMNS)} |\n|---|{'---|' * len(COLUMNS)}")
    total = Counter[str]()
    for code in sys.argv[1:] or sorted(p.stem for p in HERE.glob("*.jsonl")):
        rows = map(json.loads, (HERE / f"{code}.jsonl").read_text(encoding="utf-8").splitlines())
        found = sum(map(counts, rows), Counter[str]())
        print(line(code, found), flush=True)
        total += found
    print(line("together", total))


if __name__ == "__main__":
    main()
