"""Labels as browsers read them, in feeds, mail, pages, alerts and sitemaps."""

import base64
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.ingest.contract import Skippable
from connectors.sources.cap import parse_alert
from connectors.sources.charsets import C1, charset_of, codec_of, decode, decode_html, header_text, plain_xml
from connectors.sources.feeds import parse_feed
from connectors.sources.mail import parse_message
from connectors.sources.markup import clean_text
from connectors.sources.sitemap import parse_sitemap
from connectors.web.answers import Answer
from connectors.web.pages import read_page

NOW = datetime(2026, 11, 24, tzinfo=UTC)
# Label, what it is read as, and a text that Python's codec of that name cannot write.
WIDER = [
    ("latin1", "cp1252", "The mayor’s “no” – 5 €"),
    ("iso-8859-1", "cp1252", "L’œuvre s’achève…"),
    ("us-ascii", "cp1252", "“Two dead”"),
    ("iso-8859-9", "cp1254", "İstanbul’da “yangın”"),
    ("gb2312", "gb18030", "朱镕基路爆炸，李喆受傷"),
    ("gbk", "gb18030", "㐀村火災 €"),
    ("ks_c_5601-1987", "cp949", "똠방각하 화재"),
    ("euc-kr", "cp949", "믜리도 괴리도"),
    ("shift_jis", "cp932", "髙﨑市で①人死亡"),
    ("big5", "big5hkscs", "邨火警"),
    ("tis-620", "cp874", "ไฟไหม้ “สอง”"),
]
PLAIN = [
    ("windows-1251", "cp1251", "Пожар в Омске: двое погибших"),
    ("koi8-r", "koi8-r", "Пожар в Омске"),
    ("windows-1250", "cp1250", "Požár v Českých Budějovicích"),
    ("iso-8859-2", "iso8859-2", "Požár v Českých Budějovicích"),
    ("windows-1256", "cp1256", "حريق في حلب"),
    ("euc-jp", "euc-jp", "川崎で火災"),
    ("iso-2022-jp", "iso2022-jp", "川崎で火災"),
    ("utf-8", "utf-8", "Zażółć 川崎"),
]


@pytest.mark.parametrize(("label", "codec", "text"), WIDER + PLAIN)
def test_labels_mean_what_browsers_take_them_for(label, codec, text):
    raw = text.encode(codec)
    assert decode(raw, label) == text
    assert decode(raw, label.upper(), "utf-8") == text
    assert (raw.decode(label, "replace") == text) is ((label, codec, text) in PLAIN)


@pytest.mark.parametrize(("label", "codec", "text"), WIDER + PLAIN)
def test_every_kind_of_source_reads_them_alike(label, codec, text):
    """The server says nothing, and the document names its label behind two blank lines; then the server says it."""
    item = f"<item><title>{text}</title><link>https://a.example/1</link></item>"
    feed = f"<rss version='2.0'><channel><title>F</title>{item}</channel></rss>"
    declared = f'\n\n<?xml version="1.0" encoding="{label}"?>\n{feed}'.encode(codec)
    for body, kind in ((declared, "text/xml"), (feed.encode(codec), f"text/xml; charset={label}")):
        (article,) = parse_feed(Answer("https://a.example/f", body, kind), feed="f", fetched_at=NOW)
        assert article.title == text
    head = base64.b64encode(text.encode(codec)).decode()
    letter = (
        f"From: =?{label}?B?{head}?= <a@b.example>\nSubject: =?{label}?B?{head}?=\nMIME-Version: 1.0\n"
        f'Content-Type: text/plain; charset="{label}"\nContent-Transfer-Encoding: base64\n\n{head}\n'
    )
    mail = parse_message(letter.encode(), where="m", feed="f", fetched_at=NOW)
    assert (mail.title, mail.body, mail.source.name) == (text, text, text)
    page = (
        f"<html><head><meta charset='{label}'><title>{text}</title></head><body><p>{text} {'a ' * 90}</p></body></html>"
    )
    bare = page.replace(f"<meta charset='{label}'>", "")
    for html, kind in ((page, "text/html"), (bare, f"text/html; charset={label}")):
        assert text in read_page(html.encode(codec), url="https://a.example/1", content_type=kind).text
    alert = (
        f'\n<?xml version="1.0" encoding="{label}"?><alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"><identifier>1'
        f"</identifier><sender>a@b.example</sender><status>Actual</status><msgType>Alert</msgType><info><event>{text}"
        "</event></info></alert>"
    )
    (event,) = parse_alert(alert.encode(codec), fetched_at=NOW)
    assert event.kind == text
    news = "http://www.google.com/schemas/sitemap-news/0.9"
    sitemap = (
        f'<?xml version="1.0" encoding="{label}"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
        f'xmlns:n="{news}"><url><loc>https://a.example/1</loc><n:news><n:title>{text}</n:title></n:news></url></urlset>'
    )
    (entry,) = parse_sitemap(Answer("https://a.example/s", sitemap.encode(codec)), feed="f", fetched_at=NOW)
    assert entry.title == text


def test_a_wrong_label_is_not_heeded():
    russian = "Пожар в Омске: двое погибших"
    assert decode(russian.encode(), "windows-1251") == russian  # it is UTF-8
    assert decode(russian.encode(), "gb2312", "utf-8") in (russian, decode(russian.encode(), "gb2312"))
    assert decode("“Zwei Tote” – 5 €".encode("cp1252"), "utf-8") == "“Zwei Tote” – 5 €"
    assert decode("Πυρκαγιά “δύο”".encode("cp1253"), "iso-8859-7") == "Πυρκαγιά “δύο”"
    assert decode("Zażółć 川崎 и ещё".encode() + b"\xff", "utf-8") == "Zażółć 川崎 и ещё\ufffd"
    assert decode(b"plain", "utf-16") == "plain"
    assert decode(b"plain", "no-such-label", "") == "plain"
    assert codec_of("utf-7") is None


def test_a_byte_order_mark_goes_before_every_label():
    for codec in ("utf-8-sig", "utf-16"):
        assert decode("Zażółć".encode(codec), "windows-1251") == "Zażółć"


def test_control_characters_of_a_text_are_what_windows_has_there():
    assert clean_text("the mayor\x92s \x93no\x94 \x96 5 \x80\x85") == "the mayor’s “no” – 5 €…"
    assert clean_text("one\x85two") == "one\ntwo"
    assert clean_text("\x81a") == "a"


def test_parts_that_say_nothing_are_left_to_others():
    assert decode_html("Zürich".encode("cp1252")) is None
    assert decode_html("Zürich".encode()) == "Zürich"
    assert charset_of("text/html") == ""
    assert header_text("caf\udce9") == "café"
    assert header_text("=?nonsense?Q?a=E9?=") == "aé"


LETTERS = {
    "cp1251": "абвгдежзиЖШЫЯё №«»—",
    "cp1252": "éàüßñ “”–€",
    "cp932": "火災死亡者カタ①",
    "gb18030": "镕喆說火灾，。",
    "cp949": "똠방각하가나",
}
LABELS = {
    "cp1251": "windows-1251",
    "cp1252": "iso-8859-1",
    "cp932": "shift_jis",
    "gb18030": "gb2312",
    "cp949": "ks_c_5601-1987",
}


@given(
    st.sampled_from(sorted(LABELS)).flatmap(
        lambda c: st.tuples(st.just(c), st.text(LETTERS[c] + "abc ,.", max_size=80))
    )
)
def test_what_fits_a_label_is_read_by_it_or_was_utf8(case):
    codec, text = case
    raw = text.encode(codec)
    assert decode(raw, LABELS[codec]) in (text, raw.decode("utf-8", "replace"))


@given(st.binary(max_size=300), st.sampled_from(["", "latin1", "gb2312", "iso-8859-7", "utf-16", "shift_jis", "x"]))
def test_no_bytes_raise_and_no_label_leaves_control_characters_of_its_own(raw, label):
    text = decode(raw, label)
    if label in ("latin1", "iso-8859-7"):
        assert not C1.search(text) or C1.search(raw.decode("utf-8", "ignore"))
    plain_xml(raw, f"text/xml; charset={label}")
    decode_html(raw, f"text/html; charset={label}")
    header_text(raw.decode("utf-8", "surrogateescape"))
    assert all(not isinstance(a, Skippable) or a.reason for a in parse_feed(Answer("", raw), feed="f", fetched_at=NOW))
