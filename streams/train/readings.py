"""A cache of the readers' results for the documents that linking learns from.

Reading is the costly part of training linking, and the same for every model of it. A cached reading is valid as long as
the article, the code and the models that read it are the same; they are kept by joblib under `TOCSIN_CACHE`, else under the
user's cache folder.
"""

import os
from collections.abc import Iterator
from functools import cache
from hashlib import blake2b
from pathlib import Path

from joblib import Memory

from schemas.records import Article, Mention
from streams.domain.mentions.read_article import read_article

ROOT = Path(__file__).parents[2]
FOLDER = Path(os.environ.get("TOCSIN_CACHE") or Path.home() / ".cache" / "tocsin")
UNREAD = {"alerting", "linking"}  # rooms behind the readers
AFTER = {"link.npz", "scores.json"}  # models that no reader asks
RECORDS = ("records.py", "identity.py", "timestamp_sanity.py")  # of the schemas, what mentions are made of
OTHERS = {"languages", "language_types.npz"}  # what reads other languages than English


def readings(article: Article) -> tuple[Mention, ...]:
    """The mentions of an article as `read_article` gives them."""
    found: tuple[Mention, ...] = _kept(article, fingerprint(english=article.lang == "en"))
    return found


@cache
def fingerprint(*, english: bool) -> str:
    """A hash of all code and models that decide what is read of an article, or of one that says that it is English."""
    whole = blake2b(digest_size=16)
    for path in sorted(_readers(OTHERS if english else set())):
        whole.update(f"{path.relative_to(ROOT)} ".encode())
        whole.update(path.read_bytes())
    return whole.hexdigest()


def _readers(others: set[str]) -> Iterator[Path]:
    domain = ROOT / "streams" / "domain"
    yield from (ROOT / "schemas" / name for name in RECORDS)
    for path in domain.rglob("*"):
        outside = (UNREAD | AFTER | others).intersection(path.relative_to(domain).parts)
        if path.is_file() and path.suffix not in {".md", ".pyc"} and not outside:
            yield path


def _read(article: Article, readers: str) -> tuple[Mention, ...]:  # noqa: ARG001 - part of the key that joblib makes
    return read_article(article)


_kept = Memory(FOLDER, verbose=0).cache(_read)
