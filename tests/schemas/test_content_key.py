from hypothesis import given
from hypothesis import strategies as st

from schemas.identity import content_key

BODY = (
    "A wildfire driven by gale-force winds tore through seaside villages near the capital on Monday, killing at least "
    "twenty people and sending hundreds into the sea to escape the flames. Coastguard boats picked up seven hundred."
)


@given(st.text(max_size=40), st.text(max_size=40), st.text(max_size=60))
def test_the_key_does_not_depend_on_address_headline_or_tail(url, title, tail):
    assert content_key(url, title, f"{BODY} {BODY} {tail}") == content_key("", "", f"{BODY}\n\n{BODY}")


def test_without_a_body_the_headline_and_then_the_address_are_the_key():
    headline = content_key("https://a.example/1", "EBay rejects Icahn slate", "")
    assert headline == content_key("https://b.example/2", "eBay Rejects Icahn Slate!", " ")
    assert content_key("https://a.example/1?utm_source=x", "", "") == content_key("https://www.a.example/1", "", "")
    assert len({headline, content_key("https://a.example/1", "", ""), content_key("https://b.example/2", "", "")}) == 3


def test_other_texts_have_other_keys():
    bodies = [BODY, "Dockers walked out on Tuesday over plans to automate terminals.", "Le vent a tourné dans la nuit."]
    assert len({content_key("", "", body) for body in bodies}) == 3
