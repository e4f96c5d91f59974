"""The seed article's story as it went on, in our own words: three follow-ups with rising tolls, a wire copy, other news."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from schemas.identity import article_id
from schemas.records import Article, Publisher

SEED_TEXT = Path(__file__).parents[1] / "domain" / "seed_article.txt"
START = datetime(2021, 6, 28, 12, tzinfo=UTC)
LATER = (
    (
        12, "herald.example", 6, "Toll of US strikes on Iraqi-Syrian border rises to 12",
        ("The US air strikes on Iranian-backed militias on the Iraqi-Syrian border on Sunday killed 12 fighters, the "
         "Pentagon said on Monday evening.\n\nTwo wounded men died in a hospital in Al-Qaim, doctors there said. Lorries "
         "with coffins left the town for Karbala."),
    ),
    (
        15, "courier.example", 14, "Fifteen dead in American raids on militias at Iraq-Syria border",
        ("The number of fighters killed by Sunday's US air strikes on Iranian-backed militias at the Iraqi-Syrian border "
         "has risen to 15, the Pentagon said on Tuesday.\n\nCrews with diggers brought three bodies out of a depot that "
         "had collapsed. The roads to the crossing stayed shut."),
    ),
    (
        21, "gazette.example", 22, "US strikes on militias near Iraqi-Syrian border killed 21",
        ("Twenty-one fighters were killed in the US air strikes of Sunday on Iranian-backed militias on the Iraqi-Syrian "
         "border, the Pentagon said late on Tuesday, its highest count so far.\n\nThousands walked behind the dead in "
         "Baghdad. Speakers at the funeral asked for foreign troops to leave."),
    ),
)  # fmt: skip
OTHERS = (
    (
        "other.example", "Bus plunges into river near Basra, 8 dead",
        ("Eight people were killed when a bus plunged into a river near Basra, Iraq, on Monday, officials said.\n\nDivers "
         "looked for more passengers until dark. The driver had lost control in heavy rain."),
    ),
    (
        "third.example", "Roadside bomb wounds a guard in Mosul",
        ("A roadside bomb wounded one guard in Mosul, Iraq, on Monday.\n\nThe convoy went on after half an hour, an officer "
         "said, and the road was open again by noon."),
    ),
    (
        "fourth.example", "Car bomb kills nine in Aleppo",
        ("A car bomb killed nine people in Aleppo, Syria, on Monday, medics said.\n\nThe blast tore down the front of a "
         "bakery near the old citadel, and windows broke streets away."),
    ),
)  # fmt: skip


def written(domain: str, title: str, body: str, hours: float) -> Article:
    """One article as a connector publishes it, `hours` after the seed article."""
    url, at = f"https://{domain}/1", START + timedelta(hours=hours)
    return Article(
        article_id=article_id(url, title, body), url=url, canonical_url=url, title=title, body=body, lang="en",
        source=Publisher(domain=domain), published_at=at, fetched_at=at,
    )  # fmt: skip


def seed() -> Article:
    """The article that all began with."""
    title, _, body = SEED_TEXT.read_text(encoding="utf-8").partition("\n")
    return written("wire.example", title.strip(), body.strip(), 0)


def copy() -> Article:
    """The same words in another paper, two hours later."""
    return replace(written("client.example", seed().title or "", seed().body, 2), url="https://client.example/wire/1")


def follow_ups() -> list[tuple[int, Article]]:
    """Each with the number of killed that it tells of."""
    return [(killed, written(domain, title, body, hours)) for killed, domain, hours, title, body in LATER]


def others() -> list[Article]:
    """News that a rule of explosions in Iraq with five or more killed must pass over."""
    return [written(domain, title, body, 1) for domain, title, body in OTHERS]
