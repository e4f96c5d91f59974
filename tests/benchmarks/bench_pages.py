"""Extractors of article text beside each other, on real pages with their texts, and the facts that we read from them.

The pages are those that newspaper4k ships in its source package:

    pip download --no-deps --no-binary newspaper4k newspaper4k && tar xzf newspaper4k-*.tar.gz
    PAGES=newspaper4k-0.9.6/tests/data python tests/benchmarks/bench_pages.py

Text: precision, recall and F1 of words (characters where a script has no spaces), mean over pages; their texts were
made with newspaper4k, which therefore does not compete. Facts: how many of those that newspaper4k's tests state we find.
"""

import json
import os
import platform
import re
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest
import trafilatura
from lxml import html
from readability import Document
from resiliparse.extract.html2text import extract_plain_text

from connectors.web.pages import read_page
from schemas.identity import canonical_url

DATA = Path(os.environ.get("PAGES", "newspaper4k-0.9.6/tests/data"))
UNSPACED = re.compile(r"[\u0e00-\u0e7f\u1000-\u109f\u3040-\u30ff\u4e00-\u9fff]")
URL = "https://paper.example/"


def units(text):
    return [c for c in text if c.strip()] if UNSPACED.search(text) else re.findall(r"\w+", text.lower())


def agreement(found, gold):
    a, b = Counter(units(found)), Counter(units(gold))
    common = (a & b).total()
    if not common:
        return 0.0, 0.0, 0.0
    precision, recall = common / a.total(), common / b.total()
    return precision, recall, 2 * precision * recall / (precision + recall)


def by_readability(raw):
    return html.fromstring(Document(raw.decode("utf-8", "replace")).summary()).text_content()


def by_resiliparse(raw):
    return extract_plain_text(raw.decode("utf-8", "replace"), main_content=True)


def by_trafilatura(raw):
    return trafilatura.extract(raw, include_comments=False, include_tables=False) or ""


def ours(raw):
    page = read_page(raw, url=URL)
    return page.text if page else ""


EXTRACTORS = {
    "ours (trafilatura, precision)": ours,
    "trafilatura, as it comes": by_trafilatura,
    "readability-lxml": by_readability,
    "resiliparse": by_resiliparse,
}


def texts():
    pages = [(DATA / "html" / f"{gold.stem}.html", gold) for gold in sorted((DATA / "txt").glob("*.txt"))]
    pages = [(page.read_bytes(), gold.read_text(encoding="utf-8")) for page, gold in pages if page.exists()]
    results = {}
    for name, extract in EXTRACTORS.items():
        scores, started = [], time.process_time()
        for raw, gold in pages:
            try:
                scores.append(agreement(extract(raw), gold))
            except Exception:  # noqa: BLE001 - an extractor that fails on a page has found nothing
                scores.append((0.0, 0.0, 0.0))
        seconds = time.process_time() - started
        precision, recall, f1 = (round(sum(s[n] for s in scores) / len(scores), 3) for n in range(3))
        results[name] = {
            "precision": precision,
            "recall": recall,
            "f1": f1,
            "ms": round(seconds / len(pages) * 1000, 1),
        }
    return len(pages), results


def facts():
    found, stated = Counter(), Counter()
    for path in sorted((DATA / "metadata").glob("*.json")):
        gold, raw = json.loads(path.read_text(encoding="utf-8")), (DATA / "html" / f"{path.stem}.html").read_bytes()
        page = read_page(raw, url=gold.get("url") or URL)
        if gold.get("publish_date"):
            stated["date"] += 1
            moment = datetime.fromisoformat(gold["publish_date"])
            moment = moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
            found["date"] += bool(page and page.published and abs((page.published - moment).total_seconds()) < 86_400)
        if (gold.get("canonical_link") or "").startswith("http"):
            stated["canonical"] += 1
            found["canonical"] += bool(page) and canonical_url(page.canonical) == canonical_url(gold["canonical_link"])
        if gold.get("authors"):
            stated["byline"] += 1
            found["byline"] += bool(page) and gold["authors"][0].split()[0] in page.byline
    return {name: {"found": found[name], "stated": stated[name]} for name in stated}


def main():
    count, results = texts()
    print(f"{platform.machine()}, {datetime.now(UTC):%Y-%m-%d}: {count} pages")
    for name, got in results.items():
        print(
            f"  {name:30} P {got['precision']:.3f}  R {got['recall']:.3f}  F1 {got['f1']:.3f}  {got['ms']:6.1f} ms a page"
        )
    stated = facts()
    for name, got in stated.items():
        print(f"  {name:10} {got['found']} of {got['stated']}")
    print(json.dumps({"pages": count, "texts": results, "facts": stated}))


@pytest.mark.skipif(not DATA.exists(), reason="needs the pages of newspaper4k's source package, see above")
def bench_pages():
    main()


if __name__ == "__main__":
    main()
