"""The bundled sample and its manifest say the same."""

import hashlib
import json
import re
from datetime import datetime
from itertools import combinations, pairwise
from pathlib import Path

import pytest
from defusedxml.ElementTree import parse

from schemas.identity import normalised_text

SAMPLE = Path(__file__).parents[2] / "deploy" / "sample"
ARTICLES = [json.loads(line) for line in (SAMPLE / "articles.jsonl").read_text("utf-8").splitlines()]
MANIFEST = json.loads((SAMPLE / "manifest.json").read_text("utf-8"))
BY_KEY = {(a["url"], a["published"]): a for a in ARTICLES}
COPIES = [m for m in MANIFEST["articles"] if m["kind"]]
ONTOLOGY = json.loads((SAMPLE.parents[1] / "streams/domain/ontology/ontology.json").read_text("utf-8"))["families"]
SEED_SHA256 = "0c8408428c8b0255d28d160c0911693f1a7518f58a13f8672660260f1caa2910"
ONES = [
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
    *("eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
]
TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
COLUMNS = ["url", "title", "text", "published", "source", "source_name", "lang", "byline", "feed"]


def shingles(text):
    words = normalised_text(text).split()
    return {tuple(words[i : i + 5]) for i in range(len(words) - 4)}


def overlap(copy, original):
    """(Jaccard similarity, share of the copy that stands in the original) over 5-word shingles."""
    a, b = shingles(copy["text"]), shingles(original["text"])
    return len(a & b) / len(a | b), len(a & b) / len(a)


def spelt(number):
    if number < 20:
        return ONES[number]
    tens, one = divmod(number, 10)
    return TENS[tens - 2] + (f"-{ONES[one]}" if one else "")


def said(number, text, before=""):
    """Whether the text states the number, in digits or in words, behind the words `before`."""
    forms = {f"{number:,}", str(number)}
    if number < 100:
        forms.add(spelt(number))
    if number == 1:
        forms |= {"an?"}
    if number >= 1_000_000:
        forms |= {rf"{number / 1_000_000:g} million", rf"{spelt(number // 1_000_000)} million"}
    return re.search(rf"(?<![\w,.]){before}({'|'.join(forms)})(?![\w]|,\d)", text, re.IGNORECASE) is not None


def test_every_article_stands_once_in_the_manifest():
    keys = [(m["url"], m["published"]) for m in MANIFEST["articles"]]
    assert keys == list(BY_KEY) == [(a["url"], a["published"]) for a in ARTICLES]


def test_articles_are_complete_and_short():
    publishers = {p["domain"]: p["name"] for p in [*MANIFEST["outlets"], MANIFEST["wire"]]}
    for a in ARTICLES:
        assert list(a) == COLUMNS
        assert a["published"].endswith("Z")
        assert a["source"] in a["url"]
        if a["source"] != "france24.example":
            assert publishers[a["source"]] == a["source_name"]
            assert 60 <= len(a["text"].split()) <= 250, a["url"]


def test_counts():
    assert len(ARTICLES) >= 70
    assert {p["domain"] for p in [*MANIFEST["outlets"], MANIFEST["wire"]]} < {a["source"] for a in ARTICLES}
    assert len(MANIFEST["outlets"]) == 5
    kinds = [m["kind"] for m in COPIES]
    assert kinds.count("near") >= 10
    assert kinds.count("exact") >= 3
    assert kinds.count("excerpt") >= 4
    assert kinds.count("revision") >= 5
    told = [i for i in MANIFEST["incidents"] if i["articles"]]
    assert len({i["family"] for i in told}) >= 7
    assert len({i["country"] for i in told}) >= 12
    assert sum(m["story"] for m in MANIFEST["articles"]) >= 6


def test_the_seed_article_is_word_for_word():
    seed = next(a for a in ARTICLES if a["source"] == "france24.example")
    assert hashlib.sha256(seed["text"].encode()).hexdigest() == SEED_SHA256


def test_a_few_come_late_and_no_copy_precedes_its_original():
    times = [datetime.fromisoformat(a["published"]) for a in ARTICLES]
    late = sum(a > b for a, b in pairwise(times))
    assert 2 <= late <= 6
    order = {key: n for n, key in enumerate(BY_KEY)}
    for m in COPIES:
        assert order[m["copy_of"], m["copy_of_published"]] < order[m["url"], m["published"]]


@pytest.mark.parametrize("entry", COPIES, ids=lambda m: m["url"].split("/", 3)[3])
def test_copies_share_text_as_their_kind_says(entry):
    copy = BY_KEY[entry["url"], entry["published"]]
    original = BY_KEY[entry["copy_of"], entry["copy_of_published"]]
    jaccard, contained = overlap(copy, original)
    match entry["kind"]:
        case "exact":
            assert normalised_text(copy["text"]) == normalised_text(original["text"])
            assert copy["title"] != original["title"]
        case "near":
            assert 0.7 <= jaccard < 1
            assert contained >= 0.9
        case "excerpt":
            assert jaccard < 0.6
            assert original["text"].startswith(copy["text"])
        case "revision":
            assert copy["url"] == original["url"]
            assert 0.4 <= jaccard < 0.9
            assert copy["published"] > original["published"]
    assert (entry["kind"] == "revision") == (copy["url"] == original["url"])


def test_articles_that_are_no_copies_share_no_text():
    own = [m for m in MANIFEST["articles"] if not m["kind"]]
    texts = [shingles(BY_KEY[m["url"], m["published"]]["text"]) for m in own]
    assert max(len(a & b) / min(len(a), len(b)) for a, b in combinations(texts, 2)) < 0.1


def test_copies_credit_the_wire_that_wrote_them():
    wire = MANIFEST["wire"]
    for m in MANIFEST["articles"]:
        a = BY_KEY[m["url"], m["published"]]
        from_elsewhere = m["origin"] != a["source"]
        assert not from_elsewhere or m["origin"] == wire["domain"]
        credited = wire["name"] in a["text"] or a["byline"] == wire["name"]
        assert credited == (m["origin"] == wire["domain"]), a["url"]


def test_incidents_are_those_that_articles_tell():
    used = {s for m in MANIFEST["articles"] for role in ("main", "follow_up", "background") for s in m[role]}
    assert used == {i["slug"] for i in MANIFEST["incidents"]}
    for m in MANIFEST["articles"]:
        assert m["story"] == (not m["main"] and not m["follow_up"]), m["url"]
    for i in MANIFEST["incidents"]:
        tell = [m for m in MANIFEST["articles"] if i["slug"] in m["main"] + m["follow_up"]]
        assert i["articles"] == len(tell), i["slug"]
        assert i["independent_origins"] == len({m["origin"] for m in tell}), i["slug"]
        assert (i["alert"] is False) == (not tell), i["slug"]
        assert i["subtype"] in ONTOLOGY[i["family"]]["subtypes"], i["slug"]
        assert set(i["alt_families"]) <= set(ONTOLOGY), i["slug"]


def test_figures_stand_in_the_articles_that_are_named():
    for i in MANIFEST["incidents"]:
        for f in i["figures"]:
            assert f["as_of"] == min(s["published"] for s in f["stated_in"])
            bounds = {n for n in (f["min"], f["max"]) if n is not None}
            for s in f["stated_in"]:
                text = BY_KEY[s["url"], s["published"]]["text"]
                over = f["min"] and not f["max"] and said(f["min"] - 1, text, "(more than|over) (the )?")
                assert over or any(said(n, text) for n in bounds), (i["slug"], f)


def test_feed_events_are_in_their_files():
    slugs = {i["slug"] for i in MANIFEST["incidents"]} | {None}
    for e in MANIFEST["events"]:
        path = SAMPLE / "events" / e["file"]
        if e["format"] == "usgs":
            ids = [f["id"] for f in json.loads(path.read_text())["features"]]
        else:
            tag = "guid" if e["format"] == "gdacs" else "{urn:oasis:names:tc:emergency:cap:1.2}identifier"
            ids = [node.text for node in parse(path).iter(tag)]
        assert e["id"] in ids
        assert e["incident"] in slugs
    assert {e["file"] for e in MANIFEST["events"]} == {p.name for p in (SAMPLE / "events").iterdir()}
