"""Input that feeds and files may really hold: anything."""

from hypothesis import strategies as st

from connectors.ingest.contract import Skippable
from schemas.codec import Codec

CODEC = Codec()
TEXT = st.text(st.characters(codec=None), max_size=40)  # lone surrogates and control characters too
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=12,
)


@st.composite
def damaged(draw, document: bytes):
    """A document with a piece cut out, doubled or replaced by noise."""
    a = draw(st.integers(0, len(document)))
    b = min(len(document), a + draw(st.integers(0, 400)))
    marks = [b"", document[a:b] * 2, b"\x00", b"<", b"&", b'"', b"\xff\xfe"]
    noise = draw(st.binary(max_size=30) | st.sampled_from(marks))
    return document[:a] + noise + document[b:]


def hold(results):
    """Every result is a record that its contract takes, or an error that says what is wrong."""
    results = list(results)
    for r in results:
        if isinstance(r, Skippable):
            assert r.reason
        else:
            CODEC.encode(r)
    return results
