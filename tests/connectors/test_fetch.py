import gzip

import httpx
import pytest

from connectors.contract import Fatal, Retriable, Skippable
from connectors.sources.fetch import REDIRECTS, USER_AGENT, Answer, Validators, fetch, new_client

URL = "https://feeds.example/rss"


def client(handler):
    return new_client(httpx.MockTransport(handler))


def get(handler, known=None, url=URL, **limits):
    with client(handler) as c:
        return fetch(c, url, known or Validators(), **limits)


def test_a_body_with_its_validators():
    def handler(request):
        assert request.headers["user-agent"] == USER_AGENT
        assert "if-none-match" not in request.headers
        headers = {"etag": '"1"', "last-modified": "Mon, 28 Jun 2021 12:00:00 GMT", "content-type": "text/xml"}
        return httpx.Response(200, content=b"<rss/>", headers=headers)

    assert get(handler) == Answer(URL, b"<rss/>", "text/xml", Validators('"1"', "Mon, 28 Jun 2021 12:00:00 GMT"))


def test_nothing_new():
    def handler(request):
        assert request.headers["if-none-match"] == '"1"'
        assert request.headers["if-modified-since"] == "Mon, 28 Jun 2021 12:00:00 GMT"
        return httpx.Response(304)

    assert get(handler, Validators('"1"', "Mon, 28 Jun 2021 12:00:00 GMT")) is None


@pytest.mark.parametrize(
    ("headers", "after"),
    [
        ({}, None),
        ({"retry-after": "120"}, 120.0),
        ({"retry-after": "Mon, 28 Jun 2021 12:02:00 GMT", "date": "Mon, 28 Jun 2021 12:00:00 GMT"}, 120.0),
        ({"retry-after": "Mon, 28 Jun 2021 12:02:00 GMT", "date": "Mon, 28 Jun 2021 13:00:00 GMT"}, 0.0),
        ({"retry-after": "Mon, 28 Jun 2021 12:02:00 GMT"}, None),
        ({"retry-after": "soon"}, None),
    ],
)
@pytest.mark.parametrize("status", [408, 429, 500, 503])
def test_come_back_later(status, headers, after):
    with pytest.raises(Retriable) as caught:
        get(lambda _: httpx.Response(status, headers=headers))
    assert caught.value.after == after


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410])
def test_a_person_must_look(status):
    with pytest.raises(Fatal, match=str(status)):
        get(lambda _: httpx.Response(status))


@pytest.mark.parametrize("error", [httpx.ConnectError, httpx.ReadTimeout, httpx.RemoteProtocolError])
def test_no_answer(error):
    def handler(request):
        raise error("no")

    with pytest.raises(Retriable):
        get(handler)


@pytest.mark.parametrize(
    "url", ["", "ftp://x/", "feeds.example", "http://[", "https://exa mple/", "http://x:99999999/", "http://\ud800/"]
)
def test_what_is_no_address(url):
    with pytest.raises(Fatal):
        get(lambda _: httpx.Response(200), url=url)


def test_redirects_are_followed_but_not_for_ever():
    def handler(request):
        n = int(request.url.params.get("n", 0))
        if n == 2:
            return httpx.Response(200, content=b"end")
        return httpx.Response(302, headers={"location": f"/rss?n={n + 1}"})

    assert get(handler).url == f"{URL}?n=2"
    with pytest.raises(Fatal, match=f"more than {REDIRECTS}"):
        get(lambda _: httpx.Response(302, headers={"location": "/rss"}))


def test_a_body_that_does_not_end_is_given_up():
    def endless():
        while True:
            yield b"x" * 1000

    with pytest.raises(Skippable, match="more than 5000 bytes"):
        get(lambda _: httpx.Response(200, content=endless()), largest=5000)


def test_the_limit_counts_decompressed_bytes():
    packed = gzip.compress(b"x" * 1_000_000)
    assert len(packed) < 5000
    with pytest.raises(Skippable):
        get(lambda _: httpx.Response(200, content=packed, headers={"content-encoding": "gzip"}), largest=5000)


def test_an_answer_that_drips_is_given_up():
    now = iter(range(0, 10_000, 20))

    def drip():
        for _ in range(100):
            yield b"x" * 70_000

    with pytest.raises(Retriable, match="longer than 60 s"):
        get(lambda _: httpx.Response(200, content=drip()), monotonic=lambda: next(now))


def test_a_broken_encoding_is_no_proper_answer():
    with pytest.raises(Retriable):
        get(lambda _: httpx.Response(200, content=b"not gzip", headers={"content-encoding": "gzip"}))
