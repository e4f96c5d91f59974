"""Killed and injured in the news of an article, totalled from the headline, the news and the whole text."""

from streams.domain.extract.passages import passages
from streams.domain.extract.sentence_readings import title_claims
from streams.domain.mentions.casualty_totals import Toll, count, total_casualties
from streams.domain.mentions.draft import Draft
from streams.domain.text.document import Document


def article_toll(document: Document, drafts: list[Draft]) -> Toll:
    """The toll of the first of the drafts that is news; without news, of the whole text."""
    headline = title_claims(document)
    counted = count(headline, [(p.sentence, c) for p in passages(document) for c in p.claims])
    news = next((d for d in drafts if d.role == "main"), None)
    told = count(headline, [(p.sentence, c) for p in news.passages for c in p.claims] if news else [])
    return total_casualties(counted, told, news.families() if news else set(), document.title, document.text)
