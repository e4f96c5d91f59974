"""Full text and metadata of an article's page: trafilatura for the text, the page's own metadata for the rest.

trafilatura, set to prefer precision, over readability-lxml, resiliparse and newspaper4k: the best F1 on the pages that
newspaper4k ships with their texts (tests/benchmarks/bench_pages.py). schema.org's JSON-LD is believed before meta
elements, and those before what is guessed from the layout.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urljoin

import trafilatura
from lxml.html import HtmlElement

from connectors.sources.charsets import decode_html
from connectors.sources.markup import clean_text, one_line
from connectors.sources.timestamps import parse_timestamp
from schemas.identity import normalised_text

STUB_BELOW = 1_500  # characters of text; a page behind a paywall with more is worth reading
DEEPEST = 20  # objects inside each other in JSON-LD
# What publishers write where a paywall cuts the text, in the languages of most bundled feeds.
PAYWALL = re.compile(
    r"subscribe (?:now )?(?:to|for) (?:continue|keep|read|unlimited|full)|(?:already|not) a subscriber\?|"
    r"(?:article|story|content) is (?:available )?(?:only )?(?:for|to) (?:our )?(?:paid )?subscribers|"
    r"to (?:continue|keep) reading|sign (?:in|up) to (?:continue|read)|unlock this (?:article|story)|"
    r"réservée?s? (?:à nos|aux) abonnés|il vous reste [\d,]+ ?% de cet article|"
    r"jetzt (?:weiterlesen|abonnieren)|nur für abonnenten|"
    r"contenido (?:exclusivo|solo) para suscriptores|suscríbe(?:te|se) para (?:seguir|continuar) leyendo|"
    r"conteúdo exclusivo para assinantes|contenuto riservato agli abbonati|alleen voor abonnees",
    re.IGNORECASE,
)
META_DATES = (
    "article:published_time",
    "datePublished",
    "date",
    "pubdate",
    "publishdate",
    "parsely-pub-date",
    "sailthru.date",
    "dc.date.issued",
    "dcterms.issued",
    "dc.date",
    "dcterms.date",
    "og:article:published_time",
)
META_AUTHORS = ("author", "article:author_name", "parsely-author", "sailthru.author", "byl", "dc.creator")
# Zero-width joiners, which trafilatura drops, and their placeholders while it reads.
JOINERS = str.maketrans({"\u200c": "\ua7f8", "\u200d": "\ua7f9"})
JOINED_AGAIN = str.maketrans({"\ua7f8": "\u200c", "\ua7f9": "\u200d"})
ARTICLE_TYPES = re.compile(r"Article|BlogPosting|Reportage|LiveBlog")


@dataclass(frozen=True, slots=True)
class Page:
    """An article's page. `stub`: most of the text is kept for subscribers. Empty and None where nothing is said."""

    text: str = ""
    title: str = ""
    byline: str = ""
    published: datetime | None = None
    canonical: str = ""
    lang: str = ""
    site: str = ""
    stub: bool = False


def read_page(body: bytes, *, url: str, content_type: str = "") -> Page | None:
    """The article of a page; None when it is not readable HTML. Never raises."""
    try:
        html = decode_html(body, content_type)
        tree = trafilatura.load_html(html.translate(JOINERS) if html else body)
        if tree is None:
            return None
        found = trafilatura.bare_extraction(
            tree, url=url, favor_precision=True, include_comments=False, include_tables=False, with_metadata=True
        )
        return _page(tree, found, url)
    except Exception:  # noqa: BLE001 - whatever its parsers raise on garbage is the page's fault
        return None


def _page(tree: HtmlElement, found: Any, url: str) -> Page:
    metas = _metas(tree)
    stated = next(iter(_articles(tree)), {})
    headline = _shown(str(stated.get("headline") or (found.title if found else "") or ""))
    lines = (line.strip() for line in ((found.text if found else "") or "").splitlines())
    text = _without(headline, clean_text("\n\n".join(filter(None, lines))).translate(JOINED_AGAIN))
    dates = (stated.get("datePublished"), *(metas.get(name.lower()) for name in META_DATES))
    day = found.date if found else None
    authors = _names(stated.get("author")) or next((metas[n] for n in META_AUTHORS if metas.get(n)), "")
    closed = _is_false(stated.get("isAccessibleForFree")) or metas.get("article:content_tier") in {"locked", "metered"}
    return Page(
        text=text,
        title=headline,
        byline=_shown(authors or (found.author if found else "") or ""),
        published=next((m for d in dates if (m := parse_timestamp(d))), None) or parse_timestamp(day),
        canonical=_canonical(tree, url, metas),
        lang=(tree.get("lang") or "").partition("-")[0].lower(),
        site=_shown(metas.get("og:site_name", "")),
        stub=len(text) < STUB_BELOW and bool(closed or PAYWALL.search(tree.text_content())),
    )


def _shown(text: str) -> str:
    return one_line(text).translate(JOINED_AGAIN)


def _without(headline: str, text: str) -> str:
    """The text without the headline that stands above it, so that it begins with its dateline."""
    first, _, rest = text.partition("\n\n")
    return rest if first and normalised_text(first) == normalised_text(headline) else text


def _metas(tree: HtmlElement) -> dict[str, str]:
    """Contents of meta elements by name or property in lower case; the first of each."""
    found: dict[str, str] = {}
    for meta in tree.iter("meta"):
        name = meta.get("property") or meta.get("name") or meta.get("itemprop")
        if name and meta.get("content"):
            found.setdefault(name.lower(), meta.get("content").strip())
    return found


def _canonical(tree: HtmlElement, url: str, metas: dict[str, str]) -> str:
    links = (link.get("href") for link in tree.iter("link") if (link.get("rel") or "").lower() == "canonical")
    stated = next((href for href in links if href), "") or metas.get("og:url", "")
    try:
        full = urljoin(url, stated.strip()) if stated else ""
    except ValueError:
        return ""
    return full if full.startswith(("http://", "https://")) else ""


def _articles(tree: HtmlElement) -> Iterator[dict[str, Any]]:
    """Articles that the page describes in JSON-LD (https://schema.org/Article)."""
    for script in tree.iter("script"):
        if (script.get("type") or "").lower() == "application/ld+json":
            try:
                yield from _inside(json.loads(script.text or "", strict=False), DEEPEST)
            except (ValueError, RecursionError):
                continue


def _inside(value: Any, depth: int) -> Iterator[dict[str, Any]]:
    if isinstance(value, list) and depth:
        for inner in value:
            yield from _inside(inner, depth - 1)
    elif isinstance(value, dict):
        if ARTICLE_TYPES.search(str(value.get("@type"))):
            yield value
        yield from _inside(value.get("@graph"), depth - 1)


def _names(author: Any) -> str:
    people = author if isinstance(author, list) else [author]
    names = (p.get("name") if isinstance(p, dict) else p for p in people)
    return ", ".join(n for n in names if isinstance(n, str) and not n.startswith(("http://", "https://")))


def _is_false(value: Any) -> bool:
    return value is False or (isinstance(value, str) and value.strip().lower() == "false")
