"""Pages that were saved, as files or in web archives."""

from datetime import datetime

from connectors.ingest.contract import KEPT_BYTES, Skippable
from connectors.sources.article import build_article, host_of
from connectors.web.pages import read_page
from schemas.records import Article


def parse_html(
    raw: bytes, *, where: str, feed: str, fetched_at: datetime, url: str = "", content_type: str = ""
) -> Article | Skippable:
    """The article of a saved page; its address is the page's own where it states one, else as given."""
    page = read_page(raw, url=url, content_type=content_type)
    if page is None:
        return Skippable("no text found in this page", raw=raw[:KEPT_BYTES], where=where)
    try:
        return build_article(
            url=page.canonical or url,
            title=page.title,
            body=page.text,
            published=page.published,
            source=host_of(page.canonical or url),
            source_name=page.site,
            lang=page.lang,
            byline=page.byline,
            feed=feed,
            fetched_at=fetched_at,
        )
    except Skippable as error:
        return Skippable(error.reason, raw=raw[:KEPT_BYTES], where=where)
