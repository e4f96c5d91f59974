"""Which addresses the web client asks, and how it writes them."""

import pytest
from aiohttp import web
from badsite import Names, Site, local_web, serve
from hypothesis import given
from hypothesis import strategies as st

from connectors.ingest.contract import Fatal
from connectors.web.addresses import Guard
from connectors.web.client import Web
from connectors.web.fetch import as_written


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",
        "http://127.1/",
        "http://2130706433/",
        "http://0x7f.0.0.1/",
        "http://[::1]/",
        "http://[::ffff:127.0.0.1]/",
        "http://[::ffff:7f00:1]/",
        "http://[64:ff9b::7f00:1]/",
        "http://169.254.169.254/latest/meta-data/",
        "http://10.0.0.1/",
        "http://[fe80::1]/",
        "http://0.0.0.0/",
        "http://localhost/",
        "http://user@127.0.0.1:80/",
    ],
)
async def test_private_addresses_are_refused(url):
    async with Web(obey_robots=False) as client:
        with pytest.raises(Fatal, match=r"private|not an http address"):
            await client.get(url)


async def test_a_name_that_resolves_to_a_private_address_is_refused_unless_allowed():
    async with serve(Site({"/feed": b"<rss/>"})) as site:
        port = site.root.rpartition(":")[2]
        url = f"http://feeds.example:{port}/feed"
        for allow, allowed in (
            ((), False),
            (("feeds.example",), True),
            (("127.0.0.0/8",), True),
            (("x.example",), False),
        ):
            async with local_web(allow=allow, resolver=Names()) as client:
                if allowed:
                    assert (await client.get(url)).body == b"<rss/>"
                else:
                    with pytest.raises(Fatal, match=r"feeds\.example is a private address"):
                        await client.get(url)


async def test_a_redirect_to_a_private_address_is_refused():
    async with serve(Site({"/secret": b"secret"})) as site:
        port = site.root.rpartition(":")[2]
        async with local_web(allow=("feeds.example",), resolver=Names()) as client:
            for target in (site["/secret"], f"http://inside.example:{port}/secret", "file:///etc/passwd", "http://["):
                site.pages["/feed"] = lambda _, to=target: web.Response(status=302, headers={"Location": to})
                with pytest.raises(Fatal):
                    await client.get(f"http://feeds.example:{port}/feed")
            assert site.count("/secret") == 0


def test_the_guard_knows_networks():
    guard = Guard(("10.1.0.0/16", "nas.local"))
    assert guard.allows("10.1.2.3")
    assert not guard.allows("10.2.2.3")
    assert guard.allows("8.8.8.8")
    assert not guard.allows("224.0.0.1")
    assert guard.allows_name("NAS.local.")


@pytest.mark.parametrize("given", ["/news/A_&_B.xml", "/news/A_%26_B.xml?q=%2Fx&r=a%20b"])
async def test_addresses_are_sent_as_they_are_written(given):
    def page(request):
        if request.raw_path == "/news/A_&_B.xml":
            return web.Response(status=301, headers={"Location": "/news/A_%26_B.xml?q=%2Fx&r=a%20b"})
        assert request.raw_path == "/news/A_%26_B.xml?q=%2Fx&r=a%20b"
        return web.Response(body=b"<rss/>")

    async with serve(Site({"/news/A_&_B.xml": page})) as site, local_web() as client:
        answer = await client.get(site[given])
    assert answer.body == b"<rss/>"
    assert answer.url.endswith("/news/A_%26_B.xml?q=%2Fx&r=a%20b")


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("http://a.example/ä b?c=d e#f", "http://a.example/%C3%A4%20b?c=d%20e"),
        ("http://bücher.example/", "http://xn--bcher-kva.example/"),
        ("http://a.example//b.example/x", "http://a.example//b.example/x"),
        ("http://a.example/x/../y", "http://a.example/y"),
        ("http://a.example", "http://a.example/"),
        ("http://a.example/%zz", "http://a.example/%zz"),
    ],
)
def test_only_what_no_request_may_hold_is_encoded(written, sent):
    assert str(as_written(written)) == sent


@given(st.text(st.characters(codec="utf-8"), max_size=40))
def test_no_path_changes_the_host(path):
    assert as_written(f"http://a.example/{path}").host == "a.example"


@pytest.mark.parametrize("prefix", ["feed:", "feed://", "FEED:", " feed://"])
async def test_addresses_of_feeds_by_their_old_scheme(prefix):
    async with serve(Site({"/feed": b"<rss/>"})) as site, local_web() as client:
        address = site["/feed"]
        given = prefix + (address.partition("//")[2] if prefix.endswith("//") else address)
        assert (await client.get(given)).body == b"<rss/>"
