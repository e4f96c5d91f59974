"""Bytes as text, by labels as browsers read them: the WHATWG Encoding Standard (https://encoding.spec.whatwg.org).

`webencodings` holds its table: latin1 is windows-1252 there, gb2312 is GBK, ks_c_5601 is windows-949. Publishers test
with browsers, so what a browser reads is what they meant.
"""

import re
from email.errors import HeaderParseError
from email.header import decode_header

import webencodings

C1 = re.compile(r"[\x80-\x9f]")
_BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
# GBK is read as its superset, as in the standard's decoder; Windows code pages hold letters where the ISO ones have
# control characters.
_WIDER = {"gbk": "gb18030"}
_OF_WINDOWS = {
    "iso8859-2": "cp1250",
    "iso8859-5": "cp1251",
    "iso8859-6": "cp1256",
    "iso8859-7": "cp1253",
    "iso8859-8": "cp1255",
    "iso8859-13": "cp1257",
    "iso8859-15": "cp1252",
}
_WIDE = frozenset(("gb18030", "big5hkscs", "cp949", "cp932", "euc_jp", "iso2022_jp", "utf-16-le", "utf-16-be"))
_DECLARATION = re.compile(r"\s*<\?xml[^>]{0,200}\?>")
_DECLARED = re.compile(rb"""<\?xml[^>]{0,200}?encoding\s*=\s*["']([\w.:-]{1,40})""")
_META = re.compile(rb"""<meta[^>]{0,300}?charset\s*=\s*["']?\s*([\w.:-]{1,40})""", re.IGNORECASE)
_PARAMETER = re.compile(r"""charset\s*=\s*["']?\s*([\w.:-]{1,40})""", re.IGNORECASE)
_HEAD = 4_096  # bytes in which a document says what it is written in


def decode(raw: bytes, *labels: str) -> str:
    """The text, by its byte order mark, else the first label that is known, else UTF-8; what does not fit is replaced.

    A wrong label is ignored: bytes that are UTF-8 are read as UTF-8 whatever a single-byte label says, and so are
    those that the label cannot decode; a label that yields control characters (C1) means Windows' page of the same
    letters; bytes that are hardly UTF-8 are windows-1252.
    """
    for mark, codec in _BOMS:
        if raw.startswith(mark):
            return raw[len(mark) :].decode(codec, "replace")
    codec = next((found for label in labels if (found := codec_of(label))), "utf-8")
    if codec != "utf-8" and not (codec in _WIDE and _fits(raw, codec)) and _fits(raw, "utf-8"):
        codec = "utf-8"
    text = raw.decode(codec, "replace")
    if codec == "utf-8" and (wrong := text.count("\ufffd")) and wrong > sum(c > "\x7f" for c in text) / 2:
        return raw.decode("cp1252", "replace")
    if codec in _OF_WINDOWS and C1.search(text):
        return raw.decode(_OF_WINDOWS[codec], "replace")
    return text


def _fits(raw: bytes, codec: str) -> bool:
    try:
        raw.decode(codec)
    except UnicodeDecodeError:
        return False
    return True


def codec_of(label: str) -> str | None:
    """Python's codec for a label; None for labels that the standard does not know."""
    found = webencodings.lookup(label)
    if found is None or found.codec_info.name == "replacement":
        return None
    name = str(found.codec_info.name)
    return _WIDER.get(name, name)


def charset_of(content_type: str) -> str:
    """The charset that a Content-Type names; empty when it names none."""
    found = _PARAMETER.search(content_type)
    return found[1] if found else ""


def decode_html(raw: bytes, content_type: str = "") -> str | None:
    """A page as text: by its byte order mark, the server's label, its own; None without any, if not UTF-8."""
    own = _META.search(raw[:_HEAD])
    labels = [label for label in (charset_of(content_type), own[1].decode() if own else "") if codec_of(label)]
    if labels or _fits(raw, "utf-8") or raw.startswith(tuple(mark for mark, _ in _BOMS)):
        return decode(raw, *labels)
    return None


def plain_xml(raw: bytes, content_type: str = "") -> bytes:
    """An XML document as UTF-8 without declaration and without white space before it, which parsers refuse.

    The server's label goes before the document's own (RFC 7303).
    """
    own = _DECLARED.search(raw[:_HEAD])
    text = decode(raw, charset_of(content_type), own[1].decode() if own else "")
    return _DECLARATION.sub("", text.lstrip("\ufeff \t\r\n"), count=1).lstrip().encode("utf-8", "replace")


def header_text(raw: str) -> str:
    """A mail's header as text: its encoded words (RFC 2047) by their labels, bare bytes as UTF-8 or windows-1252."""
    try:
        parts = decode_header(raw)
    except HeaderParseError:
        parts = [(raw, None)]
    found = []
    for part, label in parts:
        plain = part if isinstance(part, bytes) else part.encode("utf-8", "surrogateescape")
        found.append(decode(plain, label or ""))
    return " ".join("".join(found).split())
