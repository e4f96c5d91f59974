import asyncio
import ssl

import brotli
import pytest
import trustme
from aiohttp import web
from badsite import Names, Site, local_web, raw_server, serve, zipped

from connectors.ingest.contract import Fatal, Gone, Retriable, Skippable
from connectors.web.answers import Answer, Validators
from connectors.web.client import REDIRECTS, user_agent
from connectors.web.rate_limit import HostRate

DATE = "Mon, 28 Jun 2021 12:00:00 GMT"


def redirect(location, status):
    return lambda _: web.Response(status=status, headers={"Location": location})


async def get(page, known=None, path="/feed", options=None, **limits):
    async with serve(Site({"/feed": page})) as site, local_web(**(options or {})) as client:
        return await client.get(site[path], known, **limits)


async def test_a_body_with_its_validators():
    def page(request):
        assert request.headers["User-Agent"] == user_agent("ops@example.org")
        assert "If-None-Match" not in request.headers
        headers = {"ETag": '"1"', "Last-Modified": DATE, "Cache-Control": "public, max-age=900"}
        return web.Response(body=b"<rss/>", content_type="text/xml", headers=headers)

    answer = await get(page, options={"contact": "ops@example.org"})
    assert (answer.body, answer.content_type, answer.fresh_for) == (b"<rss/>", "text/xml", 900.0)
    assert answer.validators == Validators('"1"', DATE)
    assert not answer.unchanged


async def test_nothing_new():
    def page(request):
        assert request.headers["If-None-Match"] == '"1"'
        assert request.headers["If-Modified-Since"] == DATE
        return web.Response(status=304)

    answer = await get(page, Validators('"1"', DATE))
    assert answer.unchanged
    assert answer.validators == Validators('"1"', DATE)


@pytest.mark.parametrize(
    ("headers", "after"),
    [
        ({}, None),
        ({"Retry-After": "120"}, 120.0),
        ({"Retry-After": "Mon, 28 Jun 2021 12:02:00 GMT", "Date": DATE}, 120.0),
        ({"Retry-After": DATE, "Date": "Mon, 28 Jun 2021 13:00:00 GMT"}, 0.0),
        ({"Retry-After": "soon"}, None),
    ],
)
@pytest.mark.parametrize("status", [403, 404, 408, 429, 500, 503])
async def test_come_back_later(status, headers, after):
    with pytest.raises(Retriable, match=str(status)) as caught:
        await get(lambda _: web.Response(status=status, headers=headers))
    assert caught.value.after == after


async def test_gone():
    with pytest.raises(Gone):
        await get(lambda _: web.Response(status=410))


@pytest.mark.parametrize("coding", ["gzip", "br"])
async def test_compressed_bodies(coding):
    def page(request):
        assert coding in request.headers["Accept-Encoding"]
        if coding == "gzip":
            return zipped(b"x" * 5000)
        return web.Response(body=brotli.compress(b"x" * 5000), headers={"Content-Encoding": "br"})

    assert (await get(page)).body == b"x" * 5000


async def test_a_bomb_is_given_up_before_it_is_unpacked():
    with pytest.raises(Skippable, match="more than 5000 bytes"):
        await get(lambda _: zipped(b"x" * 50_000_000), largest=5000)


async def test_a_body_that_does_not_end():
    async def endless(request):
        response = web.StreamResponse()
        await response.prepare(request)
        while True:
            await response.write(b"x" * 10_000)

    with pytest.raises(Skippable, match="more than 500000"):
        await get(endless, largest=500_000)


async def test_a_body_that_drips():
    async def drip(request):
        response = web.StreamResponse()
        await response.prepare(request)
        while True:
            await response.write(b"x")
            await asyncio.sleep(0.05)

    with pytest.raises(Retriable, match="too long"):
        await get(drip, patience=0.3)


async def test_headers_that_drip():
    async def talk(_, writer):
        for c in b"HTTP/1.1 200 OK\r\nX-Long: " + b"y" * 10_000:
            writer.write(bytes([c]))
            await writer.drain()
            await asyncio.sleep(0.02)

    async with raw_server(talk) as url, local_web() as client:
        with pytest.raises(Retriable, match="too long"):
            await client.get(url, patience=0.3)


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 8\r\n\r\nnot gzip",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nbroken",
        b"HTTP/1.1 abc\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"y" * 100_000 + b"\r\n\r\n",
        b"garbage",
        b"",
    ],
)
async def test_what_is_no_proper_answer(answer):
    async def talk(_, writer):
        writer.write(answer)
        await writer.drain()

    async with raw_server(talk) as url, local_web() as client:
        with pytest.raises(Retriable):
            await client.get(url)


async def test_nobody_listens():
    async with serve() as site:
        url = site["/"]
    async with local_web() as client:
        with pytest.raises(Retriable, match="no valid answer"):
            await client.get(url)


@pytest.mark.parametrize(
    "url", ["", "ftp://x/", "x.example", "http://[", "https://exa mple/", "http://x:99999999/", "http:///a"]
)
async def test_what_is_no_address(url):
    async with local_web() as client:
        with pytest.raises(Fatal):
            await client.get(url)


async def test_redirects_tell_where_the_feed_has_moved_for_good():
    pages = {
        "/a": redirect("/b", 301),
        "/b": redirect("/c", 308),
        "/c": redirect("/d", 302),
        "/d": redirect("/e", 301),
        "/e": b"<rss/>",
    }
    async with serve(Site(pages)) as site, local_web() as client:
        answer = await client.get(site["/a"])
        assert (answer.url, answer.moved_to) == (site["/e"], site["/c"])
        assert (await client.get(site["/c"])).moved_to == ""


async def test_redirects_in_a_circle():
    with pytest.raises(Retriable, match=f"more than {REDIRECTS}"):
        await get(lambda _: web.Response(status=302, headers={"Location": "/feed"}))


async def test_certificates_are_checked():
    authority = trustme.CA()
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(server)
    trusting = ssl.create_default_context()
    authority.configure_trust(trusting)
    async with serve(Site({"/feed": b"<rss/>"}), tls=server) as site:
        async with local_web(trust=trusting) as client:
            assert (await client.get(site["/feed"])).body == b"<rss/>"
        async with local_web() as client:
            with pytest.raises(Retriable, match=r"(?i)certificate"):
                await client.get(site["/feed"])


ROBOTS = b"User-agent: *\nDisallow: /private\nUser-agent: Tocsin\nDisallow: /ours\n"


async def test_robots_are_obeyed_and_asked_once():
    pages = {"/robots.txt": ROBOTS, "/private": b"a", "/ours": b"b"}
    async with serve(Site(pages)) as site, local_web(obey_robots=True) as client:
        answers = await asyncio.gather(*(client.get(site["/private"]) for _ in range(5)))
        assert {a.body for a in answers} == {b"a"}
        with pytest.raises(Fatal, match="closed to robots"):
            await client.get(site["/ours"])
        assert site.count("/robots.txt") == 1


@pytest.mark.parametrize(("status", "allowed"), [(404, True), (403, True), (410, True), (429, False), (503, False)])
async def test_a_site_without_robots_is_open_one_that_cannot_say_is_not(status, allowed):
    pages = {"/robots.txt": lambda _: web.Response(status=status), "/feed": b"<rss/>"}
    async with serve(Site(pages)) as site, local_web(obey_robots=True) as client:
        if allowed:
            assert isinstance(await client.get(site["/feed"]), Answer)
        else:
            with pytest.raises(Retriable, match=str(status)):
                await client.get(site["/feed"])
            assert site.count("/feed") == 0


async def test_no_more_at_once_than_one_host_is_asked():
    now, most = 0, 0

    async def page(_):
        nonlocal now, most
        now += 1
        most = max(most, now)
        await asyncio.sleep(0.01)
        now -= 1
        return web.Response(body=b"x")

    async with serve(Site({"/feed": page})) as site, local_web(rate=HostRate(2, 0)) as client:
        await asyncio.gather(*(client.get(site["/feed"]) for _ in range(12)))
    assert most == 2


async def test_cancelled_it_lets_go_of_the_host():
    hang, came = asyncio.Event(), asyncio.Event()

    async def page(_):
        came.set()
        await hang.wait()
        return web.Response(body=b"x")

    async with serve(Site({"/feed": page, "/other": b"y"})) as site, local_web(rate=HostRate(1, 0)) as client:
        task = asyncio.create_task(client.get(site["/feed"]))
        await came.wait()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        assert (await client.get(site["/other"])).body == b"y"
        hang.set()


async def test_a_header_of_eight_kilobytes_and_more():
    policy = "default-src " + "https://cdn.example.net " * 500
    answer = await get(lambda _: web.Response(body=b"<rss/>", headers={"Content-Security-Policy": policy}))
    assert answer.body == b"<rss/>"


async def test_headers_without_end_are_given_up():
    async def talk(_, writer):
        writer.write(b"HTTP/1.1 200 OK\r\nX-Long: " + b"y" * 1_000_000)
        await writer.drain()

    async with raw_server(talk) as url, local_web() as client:
        with pytest.raises(Retriable):
            await client.get(url)


async def test_a_gate_that_sets_a_cookie_and_leads_back():
    def feed(request):
        if request.cookies == {"session": "ok", "more": "1"}:
            return web.Response(body=b"<rss/>")
        return web.Response(status=302, headers={"Location": "/gate"})

    def gate(_):
        response = web.Response(status=302, headers={"Location": "/feed"})
        response.set_cookie("session", "ok")
        response.set_cookie("more", "1")
        response.set_cookie("elsewhere", "1", path="/other")
        return response

    async with serve(Site({"/feed": feed, "/gate": gate})) as site, local_web() as client:
        for _ in range(2):  # the second fetch comes without the cookies of the first
            assert (await client.get(site["/feed"])).body == b"<rss/>"
        assert site.count("/gate") == 2


async def test_cookies_of_one_host_are_not_told_to_another():
    seen = []

    def feed(_):
        response = web.Response(status=302, headers={"Location": f"http://other.test:{port}/end"})
        response.set_cookie("session", "secret")
        return response

    def end(request):
        seen.append(dict(request.cookies))
        return web.Response(body=b"<rss/>")

    options = {"allow": ("one.test", "other.test"), "resolver": Names()}
    async with serve(Site({"/feed": feed, "/end": end})) as site, local_web(**options) as client:
        port = site.root.rpartition(":")[2]
        await client.get(f"http://one.test:{port}/feed")
    assert seen == [{}]
