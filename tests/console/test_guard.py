"""Who may talk to the console: this machine under its own name, or who carries the token."""

import pytest
from aiohttp.test_utils import TestClient, TestServer

from schemas.codec import Codec
from schemas.errors import Stop
from schemas.transport.tokens import Tokens
from streams.console.server import create_console
from streams.settings import load_settings

TOKEN = "0123456789abcdef0123"


async def console(token=""):
    return TestClient(TestServer(create_console("127.0.0.1:1", Codec(), token=token)))


async def status(client, path="/api/state", **headers):
    async with client.get(path, headers=headers, allow_redirects=False) as answer:
        assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
        assert "token" not in answer.headers.get("Location", "")
        return answer.status


async def test_without_a_token_only_this_machine_is_answered():
    async with await console() as client:
        assert await status(client) == 200
        assert await status(client, Host="news.example:8710") == 403
        assert await status(client, Origin="https://evil.example") == 403


async def test_with_a_token_only_who_carries_it_is_answered():
    async with await console(TOKEN) as client:
        for path in ("/", "/api/state", "/api/stream", "/health", "/subjects", "/static/console.js", "/?token=wrong"):
            assert await status(client, path) == 401
        assert await status(client, Authorization=f"Bearer {TOKEN}", Host="news.example:8710") == 200
        assert await status(client, Authorization=f"Bearer {TOKEN}x") == 401
        assert await status(client, Authorization=f"Bearer {TOKEN}", Origin="https://evil.example") == 403


async def test_a_browser_brings_the_token_once_and_keeps_a_cookie_no_script_can_read():
    async with await console(TOKEN) as client:
        async with client.get(f"/?token={TOKEN}", allow_redirects=False) as answer:
            assert (answer.status, answer.headers["Location"]) == (303, "/")
            cookie = answer.headers["Set-Cookie"]
        assert "HttpOnly" in cookie
        assert "SameSite=Strict" in cookie
        assert await status(client, Cookie=cookie.split(";")[0]) == 200


async def test_a_token_is_exchanged_while_the_console_runs(tmp_path):
    file, new = tmp_path / "token", "another-token-of-ours"
    file.write_text(TOKEN)
    async with TestClient(TestServer(create_console("127.0.0.1:1", Codec(), token=Tokens(TOKEN, file)))) as client:
        async with client.get(f"/?token={TOKEN}", allow_redirects=False) as answer:
            cookie = answer.headers["Set-Cookie"].split(";")[0]
        file.write_text(f"{new}\n{TOKEN}")
        for headers in ({"Authorization": f"Bearer {new}"}, {"Authorization": f"Bearer {TOKEN}"}, {"Cookie": cookie}):
            assert await status(client, **headers) == 200
        file.write_text(new)
        for headers, found in (({"Authorization": f"Bearer {TOKEN}"}, 401), ({"Cookie": cookie}, 401)):
            assert await status(client, **headers) == found
        async with client.get(f"/?token={new}", allow_redirects=False) as answer:
            cookie = answer.headers["Set-Cookie"].split(";")[0]
        assert await status(client, Cookie=cookie) == 200


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"console_host": "0.0.0.0"}, "console_token must be set"),
        ({"console_host": "192.168.1.4", "console_token": "short"}, "16 characters"),
    ],
)
def test_beyond_loopback_a_good_token_is_needed(changes, said):
    with pytest.raises(Stop, match=said):
        load_settings(**changes)
    assert load_settings(console_host="0.0.0.0", console_token=TOKEN).console_host == "0.0.0.0"
