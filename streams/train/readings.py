"""What the readers make of the documents that linking learns from, kept between runs.

Reading is the costly part of training linking, and the same for every model of it. A reading is found again as long as the
article, the code and the models that read it are the same; they are kept by joblib under `TOCSIN_CACHE`, else under the
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
AFTER = {"link.npz", "scores.json", "agencies.tsv", "agencies.py", "agency_credit.py"}  # asked by no reader


def readings(article: Article) -> tuple[Mention, ...]:
    """The mentions of an article as `read_article` gives them."""
    found: tuple[Mention, ...] = _kept(article, fingerprint())
    return found


@cache
def fingerprint() -> str:
    """A hash of all code and models that decide what is read of an article."""
    whole = blake2b(digest_size=16)
    for path in sorted(_readers()):
        whole.update(f"{path.relative_to(ROOT)} ".encode())
        whole.update(path.read_bytes())
    return whole.hexdigest()


def _readers() -> Iterator[Path]:
    domain = ROOT / "streams" / "domain"
    for path in (*domain.rglob("*"), *(ROOT / "schemas").rglob("*")):
        inside = path.relative_to(domain).parts if path.is_relative_to(domain) else path.parts
        if path.is_file() and path.suffix not in {".md", ".pyc"} and path.name not in AFTER and inside[0] not in UNREAD:
            yield path


def _read(article: Article, readers: str) -> tuple[Mention, ...]:  # noqa: ARG001 - part of the key that joblib makes
    return read_article(article)


_kept = Memory(FOLDER, verbose=0).cache(_read)
