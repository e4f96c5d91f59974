from garbage import TEXT
from hypothesis import given
from hypothesis import strategies as st

from connectors.sources.markup import clean_text, html_to_text, one_line


def test_line_ends_and_invisible_characters():
    assert clean_text("\ufeffA\r\nB\rC\u2028D\u2029E \t\n\n\n\nF\x00\u200b\xad\ud800 ") == "A\nB\nC\nD\n\nE\n\nF"


def test_words_and_hard_spaces_stay():
    assert clean_text("in Iraq.\xa0\n\n“Quote” – é") == "in Iraq.\xa0\n\n“Quote” – é"


def test_html_becomes_paragraphs():
    html = "<div><h1>Flood</h1><p>Two <b>people</b>\ndied &amp; one was hurt.</p><p>More<br/>rain</p>"
    text = html_to_text(f"{html}<script>x()</script></div>")
    assert text == "Flood\n\nTwo people died & one was hurt.\n\nMore\n\nrain"


def test_text_without_markup_keeps_its_lines():
    assert html_to_text("a < b\nc > d") == "a < b\nc > d"


def test_broken_markup_still_gives_its_words():
    assert "Five dead" in html_to_text("<p>Five dead <![foo <b")
    assert html_to_text("<p>Five <script>bad()</style></p>dead") == "Five"
    assert html_to_text("<p>Five</script> dead</p>") == "Five dead"


def test_one_line():
    assert one_line(" <b>Quake</b>\n hits&nbsp;Haiti ") == "Quake hits Haiti"


PIECES = ["<p>", "</p>", "<script>", "<!--", "<![CDATA[", "]]>", "<!", "<?", "&#", "&amp;", "\x00"]


@given(st.lists(st.sampled_from(PIECES) | TEXT))
def test_never_raises_and_is_stable(pieces):
    text = html_to_text("".join(pieces))
    assert clean_text(text) == text


def test_a_long_run_of_spaces_does_not_take_for_ever():
    assert clean_text(f"a{' ' * 500_000}b \t\nc") == f"a{' ' * 500_000}b\nc"
