"""Deterministic identities: the same input always gets the same id, on every machine and after every replay."""

import hashlib
import re
import unicodedata
from functools import lru_cache
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

TRACKING = re.compile(
    r"^(utm_\w+|fbclid|gclid|dclid|msclkid|mc_cid|mc_eid|igshid|cmpid|ocid|ref|ref_src|xtor|ns_\w+|at_\w+)$"
)
LEAD_WORDS, LEAD_CHARACTERS = 40, 2_000  # of the body, that the key of an article is taken from
_WORD = re.compile(r"\w+")


def digest(*parts: str) -> str:
    """32 hexadecimal digits over the parts in order (BLAKE2b, 128 bits)."""
    h = hashlib.blake2b(digest_size=16)
    for part in parts:
        raw = part.encode("utf-8", "surrogatepass")
        h.update(len(raw).to_bytes(8, "big"))
        h.update(raw)
    return h.hexdigest()


def normalised_text(text: str) -> str:
    """Text for comparison: NFKC, case folded, words only, one space between them."""
    return " ".join(_WORD.findall(unicodedata.normalize("NFKC", text).casefold()))


def canonical_url(url: str) -> str:
    """The address without fragment, tracking parameters, default port, `www.` or trailing slash; as it is if no URL."""
    try:
        parts = urlsplit(url.strip())
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        return url.strip()
    if parts.scheme.lower() not in ("http", "https") or not host:
        return url.strip()
    default = {"http": 80, "https": 443}[parts.scheme.lower()]
    netloc = host.removeprefix("www.") + (f":{port}" if port and port != default else "")
    query = urlencode(
        sorted((k, v) for k, v in parse_qsl(parts.query, keep_blank_values=True) if not TRACKING.match(k.lower()))
    )
    return urlunsplit(("https", netloc, parts.path.rstrip("/") or "/", query, ""))


def article_id(url: str, title: str, body: str) -> str:
    """Id of an article: hash of canonical URL and normalised text."""
    return digest("article", canonical_url(url), normalised_text(title), normalised_text(body))


def event_id(source: str, source_event_id: str) -> str:
    """Id of a feed event: a revision of the same event keeps it."""
    return digest("event", source.lower(), source_event_id)


def content_key(url: str, title: str, body: str) -> str:
    """Key of news.article.v1: one word of the article's beginning, so that copies meet on one partition.

    The word with the smallest hash is taken (min-wise sampling: two articles agree with the probability of their
    resemblance), weighted by the cube of its length, as long words are rarer and spread the load. Only the beginning
    counts, as that is what excerpts keep. Without a body the title's words are used, without either the canonical URL.
    """
    words = normalised_text(body[:LEAD_CHARACTERS]).split() or normalised_text(title).split()
    if not words:
        return digest("url", canonical_url(url))
    return digest("word", min(words[:LEAD_WORDS], key=_rank))


@lru_cache(100_000)
def _rank(word: str) -> int:
    hashed = hashlib.blake2b(word.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(hashed, "big") // len(word) ** 3
