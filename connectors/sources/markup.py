"""Plain text from feeds and files: HTML becomes paragraphs, control characters are removed."""

import re
from html import unescape
from html.parser import HTMLParser

_BLOCKS = frozenset(
    (
        *("address", "article", "aside", "blockquote", "br", "dd", "div", "dl", "dt", "figcaption", "figure", "footer"),
        *("h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "nav", "ol", "p", "pre", "section"),
        *("table", "td", "th", "tr", "ul"),
    )
)
_DROPPED = frozenset(("script", "style", "noscript", "template", "svg", "iframe", "object", "select", "button"))
_TAG = re.compile(r"<[^<>]*>")
_LOOKS_LIKE_MARKUP = re.compile(r"</?[A-Za-z][^<>]*>|&(?:\w+|#\d+|#[xX][0-9a-fA-F]+);")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufeff\u200b\u200e\u200f\u2060\xad]")
_MISREAD = re.compile(r"[\x80-\x84\x86-\x9f]")  # \x85 alone is a line end
_C1 = re.compile(r"[\x80-\x9f]")
_LINE_END = re.compile(r"\r\n?|\u2028|\x85")
_PARAGRAPH_END = re.compile(r"\u2029")
_TRAILING = re.compile(r"(?<![ \t])[ \t]++(?=\n)")  # each run of spaces is looked at once, however long it is
_BLANK_LINES = re.compile(r"\n{3,}")
_SPACES = re.compile(r"\s+")


def clean_text(text: str) -> str:
    """The text with line feeds, without control and invisible characters, at most one blank line at a time.

    Letters, marks and hard spaces stay as they are: quotes from the text must be found in the publisher's words.
    Control characters of C1 are windows-1252 that was read as latin1, and are restored.
    """
    if _MISREAD.search(text):
        text = _C1.sub(lambda control: control[0].encode("latin-1").decode("cp1252", "ignore"), text)
    text = _PARAGRAPH_END.sub("\n\n", _LINE_END.sub("\n", text))
    return _BLANK_LINES.sub("\n\n", _TRAILING.sub("", _CONTROL.sub("", text))).strip()


def one_line(text: str) -> str:
    """A title or name: markup and entities resolved, all space made single."""
    return _SPACES.sub(" ", html_to_text(text)).strip()


def html_to_text(html: str) -> str:
    """Readable text of an HTML fragment: a blank line between blocks, nothing of scripts and styles.

    Text without markup comes back cleaned. Broken markup never raises.
    """
    if not _LOOKS_LIKE_MARKUP.search(html):
        return clean_text(html)
    reader = _Reader()
    try:
        reader.feed(html)
        reader.close()
        text = "".join(reader.pieces)
    except AssertionError:  # html.parser asserts on some broken declarations
        text = unescape(_TAG.sub(" ", html))
    return clean_text("\n\n".join(p for p in (_SPACES.sub(" ", p).strip() for p in text.split("\n\n")) if p))


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self._dropping: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Start a paragraph at a block."""
        del attrs
        if tag in _DROPPED:
            self._dropping.append(tag)
        elif tag in _BLOCKS:
            self.pieces.append("\n\n")

    def handle_endtag(self, tag: str) -> None:
        """End a paragraph at the end of a block."""
        if self._dropping and tag == self._dropping[-1]:
            self._dropping.pop()
        elif tag in _BLOCKS:
            self.pieces.append("\n\n")

    def handle_data(self, data: str) -> None:
        """Keep visible text; its line ends mean nothing in HTML."""
        if not self._dropping:
            self.pieces.append(data.replace("\n", " "))
