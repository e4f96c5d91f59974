"""Articles of a feed with the full text of their pages, where the feed gives only its beginning."""

import asyncio
import logging
from dataclasses import replace

from connectors.ingest.contract import ConnectorError
from connectors.sources.article import build_article
from connectors.web.archive import Archive
from connectors.web.client import Web
from connectors.web.pages import Page, read_page
from schemas.records import Article

log = logging.getLogger("tocsin.connect")
ACCEPT = "text/html, application/xhtml+xml;q=0.9"
LARGEST = 5_000_000  # bytes of a page; those of large publishers have more than two million
NOTE = "tocsin-page"  # in Article.headers: what came of the page


class FullText:
    """Fetches the page behind an article. `archive`: where pages are kept as they came, if anywhere."""

    def __init__(self, web: Web, archive: Archive | None = None) -> None:
        self._web = web
        self._archive = archive

    async def complete(self, article: Article) -> Article:
        """The article with its page's text, date, byline and canonical address; unchanged where the page fails.

        `headers["tocsin-page"]` holds the result: full, stub (a paywall; the longer of both texts stays), or why
        it could not be read.
        """
        if not article.url:
            return article
        try:
            answer = await self._web.get(article.url, accept=ACCEPT, largest=LARGEST)
        except ConnectorError as error:
            return _noted(article, str(error)[:200])
        if self._archive is not None:
            await asyncio.to_thread(self._archive.keep, answer, article.fetched_at)
        page = await asyncio.to_thread(read_page, answer.body, url=answer.url, content_type=answer.content_type)
        if page is None or not page.text:
            return _noted(article, "no text found")
        return _joined(article, page, answer.url)


def _joined(article: Article, page: Page, url: str) -> Article:
    """Feed and page combined: the feed's headline and date, which are the publisher's own; the page's text."""
    body = page.text if not page.stub or len(page.text) > len(article.body) else article.body
    try:
        whole = build_article(
            url=page.canonical or url,
            title=article.title or page.title,
            body=body,
            published=article.published_at or page.published,
            source=article.source.domain,
            source_name=article.source.name or page.site,
            lang=article.lang or page.lang,
            byline=article.byline or page.byline,
            feed=article.feed,
            fetched_at=article.fetched_at,
        )
    except ConnectorError as error:  # a text too long for a message
        return _noted(article, str(error)[:200])
    return _noted(replace(whole, url=article.url), "stub" if page.stub else "full")


def _noted(article: Article, note: str) -> Article:
    return replace(article, headers={**article.headers, NOTE: note})
