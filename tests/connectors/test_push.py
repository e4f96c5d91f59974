import asyncio
import gzip
import io
import json
import shlex
import subprocess
from pathlib import Path

import pytest
from garbage import JSON, hold
from hypothesis import given
from hypothesis import strategies as st
from memory_writer import MemoryWriter
from pushing import NOW, Slow, post, serving

from connectors.ingest.contract import Fatal, Skippable
from connectors.push import pushed, server
from connectors.push.server import OPENAPI, check_binding
from connectors.sources.documents import _BODIES, _TEXTS
from schemas.identity import article_id, event_id

TOKEN = "0123456789abcdef"
README = Path(__file__).parents[2] / "README.md"
FLOOD = {"url": "https://www.example.org/flood", "title": "Two dead in flood", "text": "Two people died."}
QUAKE = {
    "id": "7",
    "source": "Sensors.example",
    "kind": "earthquake",
    "place": {"lat": 16.5, "lon": 119.8, "country": "PHL"},
}
NDJSON = {"Content-Type": "application/x-ndjson"}


async def test_one_article_and_a_list_of_events():
    memory_writer = MemoryWriter()
    async with serving(memory_writer) as client:
        status, answer, _ = await post(client, "/v1/articles", FLOOD)
        (article,) = memory_writer.records
        assert status == 202
        assert answer["results"] == [{"status": "accepted", "id": article.article_id}]
        assert article.article_id == article_id(FLOOD["url"], FLOOD["title"], FLOOD["text"])
        assert (article.feed, article.fetched_at) == ("push", NOW)
        status, answer, _ = await post(
            client, "/v1/events", [QUAKE, {**QUAKE, "id": "8", "figures": [{"what": "killed", "value": 3}]}]
        )
        assert (status, answer["accepted"]) == (202, 2)
        first, second = memory_writer.records[1:]
        assert first.event_id == answer["results"][0]["id"] == event_id("sensors.example", "7")
        assert (first.place.country, first.place.lat) == ("PH", 16.5)
        assert second.figures[0].value == 3


async def test_what_was_pushed_before_has_the_same_id_and_is_not_sent_again():
    memory_writer = MemoryWriter()
    async with serving(memory_writer) as client:
        first = (await post(client, "/v1/articles", FLOOD))[1]["results"][0]
        again = (await post(client, "/v1/articles", FLOOD))[1]["results"][0]
        assert (again["status"], again["id"]) == ("repeated", first["id"])
        await post(client, "/v1/events", QUAKE)
        revised = (await post(client, "/v1/events", {**QUAKE, "severity": 4}))[1]
        assert revised["accepted"] == 1
    assert len(memory_writer.records) == 3


async def test_lines_of_which_some_cannot_be_read():
    memory_writer = MemoryWriter()
    lines = json.dumps(FLOOD).encode() + b'\nno json\n[1]\n{"title": 3}\n\n{"title": "B"}\n'
    async with serving(memory_writer) as client:
        status, answer, _ = await post(client, "/v1/articles", lines, headers=NDJSON)
        assert status == 202
        assert [r["status"] for r in answer["results"]] == ["accepted", "rejected", "rejected", "rejected", "accepted"]
        assert "title must be a string" in answer["results"][3]["reason"]
        status, answer, _ = await post(client, "/v1/events", {**QUAKE, "source": ""})
        assert status == 422
        assert "source" in answer["results"][0]["reason"]
    assert len(memory_writer.records) == 2


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"id": ""}, "needs an id"),
        ({"kind": 4}, "kind must be a string"),
        ({"severity": 9}, "from 0 to 5"),
        ({"place": {"lat": 100, "lon": 1}}, "on the globe"),
        ({"place": "Manila"}, "must be an object"),
        ({"started_at": "soon"}, "must be a time"),
        ({"figures": [{"what": "killed"}]}, "a figure needs"),
    ],
)
def test_an_event_that_is_wrong_says_what_is(change, said):
    assert said in pushed.event({**QUAKE, **change}, "1", NOW).reason


async def test_it_answers_only_when_kafka_has_confirmed():
    memory_writer = Slow()
    async with serving(memory_writer) as client:
        pushing = asyncio.create_task(post(client, "/v1/articles", FLOOD))
        await asyncio.sleep(0.3)
        assert not pushing.done()
        memory_writer.go.set()
        assert (await pushing)[0] == 202
    assert memory_writer.records


async def test_when_kafka_does_not_confirm_nothing_is_accepted():
    memory_writer = MemoryWriter()
    memory_writer.fail = OSError("no broker")
    async with serving(memory_writer) as client:
        status, answer, headers = await post(client, "/v1/articles", FLOOD)
        assert (status, headers["Retry-After"]) == (503, "5")
        assert "not confirmed" in answer["error"]
        memory_writer.fail = None
        status, answer, _ = await post(client, "/v1/articles", FLOOD)
        assert (status, answer["accepted"]) == (202, 1)  # not `repeated`: it never was


async def test_when_too_many_wait_others_are_to_wait():
    memory_writer = Slow()
    async with serving(memory_writer, most_waiting=3) as client:
        batch = [{"title": str(n)} for n in range(3)]
        first = asyncio.create_task(post(client, "/v1/articles", batch))
        while (await (await client.get("/health")).json())["waiting"] < 3:  # noqa: ASYNC110 - as others see it
            await asyncio.sleep(0.01)
        status, _, headers = await post(client, "/v1/articles", FLOOD)
        assert (status, headers["Retry-After"]) == (429, "5")
        memory_writer.go.set()
        assert (await first)[1]["accepted"] == 3
        assert (await post(client, "/v1/articles", FLOOD))[0] == 202
    assert len(memory_writer.records) == 4


async def test_too_large_too_many_and_not_json(monkeypatch):
    memory_writer = MemoryWriter()
    async with serving(memory_writer) as client:
        status, answer, _ = await post(
            client, "/v1/articles", io.BytesIO(b" " * 6_000_000), headers={"Content-Type": "application/json"}
        )
        assert status == 413
        bomb = gzip.compress(b" " * 60_000_000)
        headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
        async with client.post("/v1/articles", data=bomb, headers=headers) as response:
            assert response.status in {400, 413}
        packed = gzip.compress(json.dumps(FLOOD).encode())
        status, answer, _ = await post(client, "/v1/articles", b"no gzip", headers={**headers, "Connection": "close"})
        assert (status, "cannot be unpacked" in str(answer)) == (400, True)
        status, answer, _ = await post(client, "/v1/articles", packed, headers=headers)
        assert (status, answer["accepted"]) == (202, 1)
        status, answer, _ = await post(client, "/v1/articles", [{}] * 1_001)
        assert status == 413
        assert "in parts" in answer["error"]
        status, answer, _ = await post(
            client, "/v1/articles", b"title=x", headers={"Content-Type": "application/x-www-form-urlencoded"}
        )
        assert status == 415
        status, answer, _ = await post(
            client, "/v1/articles", b"[" * 100_000, headers={"Content-Type": "application/json"}
        )
        assert status == 422
        monkeypatch.setattr(server, "PATIENCE", 0.2)

        async def trickle():
            yield b"["
            await asyncio.sleep(2)

        async with client.post(
            "/v1/articles", data=trickle(), headers={"Content-Type": "application/json"}
        ) as response:
            assert response.status == 408
    assert len(memory_writer.records) == 1


async def test_the_token():
    memory_writer = MemoryWriter()
    async with serving(memory_writer, token=TOKEN) as client:
        for said in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": TOKEN}):
            status, answer, headers = await post(client, "/v1/articles", FLOOD, headers=said)
            assert (status, headers["WWW-Authenticate"]) == (401, "Bearer")
            assert TOKEN not in str(answer)
        assert (await post(client, "/v1/articles", FLOOD, headers={"Authorization": f"Bearer {TOKEN}"}))[0] == 202
        assert (await client.get("/openapi.json")).status == 200
        assert (await client.get("/v1/articles")).status == 401
    assert len(memory_writer.records) == 1


@pytest.mark.parametrize(
    "headers", [{"Host": "evil.example"}, {"Host": "127.0.0.1.evil.example:8724"}, {"Origin": "https://evil.example"}]
)
async def test_without_a_token_only_programs_of_this_machine(headers):
    memory_writer = MemoryWriter()
    async with serving(memory_writer) as client:
        assert (await post(client, "/v1/articles", FLOOD, headers=headers))[0] == 403
        assert (await client.options("/v1/articles", headers=headers)).status == 403
    assert not memory_writer.records


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.4", "example.org", ""])
def test_elsewhere_only_with_a_token(host):
    with pytest.raises(Fatal, match="not a loopback address"):
        check_binding(host, "")
    check_binding(host, TOKEN)
    with pytest.raises(Fatal, match="16 characters"):
        check_binding(host, "short")


def test_loopback_needs_none():
    for host in ("127.0.0.1", "::1", "localhost"):
        check_binding(host, "")


async def test_the_openapi_document_is_served_and_its_examples_are_taken():
    memory_writer = MemoryWriter()
    async with serving(memory_writer) as client:
        document = await (await client.get("/openapi.json")).json()
        for path, methods in document["paths"].items():
            for kind, body in methods["post"]["requestBody"]["content"].items():
                raw = body["example"] if isinstance(body["example"], str) else json.dumps(body["example"])
                status, answer, _ = await post(client, path, raw.encode(), headers={"Content-Type": kind})
                assert (status, answer["rejected"]) == (202, 0), path
                assert str(status) in methods["post"]["responses"]


def test_the_openapi_document_is_whole():
    document = json.loads(OPENAPI.read_text())
    text = json.dumps(document)
    for reference in {r["$ref"] for r in _references(document)}:
        found = document
        for step in reference.removeprefix("#/").split("/"):
            found = found[step]
    schemas = document["components"]["schemas"]
    assert set(schemas["Article"]["properties"]) == {*_TEXTS, *_BODIES, "published"}
    assert set(schemas["Event"]["properties"]) == set(pushed.FIELDS)
    assert f"More than {server.LARGEST // 1_000_000} MB unpacked, or more than {server.MOST} records" in text
    assert {p.partition(" ")[0] for p in document["paths"]} == {"/v1/articles", "/v1/events"}


def _references(value):
    if isinstance(value, dict):
        if "$ref" in value:
            yield value
        value = list(value.values())
    if isinstance(value, list):
        for inner in value:
            yield from _references(inner)


@given(st.dictionaries(st.sampled_from(pushed.FIELDS), JSON) | JSON)
def test_any_event(value):
    found = pushed.event(value, "1", NOW)
    assert found.reason if isinstance(found, Skippable) else hold([found])


@given(st.binary(max_size=200), st.sampled_from(server.JSON))
def test_any_bytes(body, content_type):
    hold(v if isinstance(v, Skippable) else pushed.article(v, "1", NOW) for v in pushed.objects(body, content_type))


def curls():
    lines = README.read_text(encoding="utf-8").replace("\\\n", " ").splitlines()
    return [line.strip() for line in lines if line.strip().startswith("curl ") and ":8724/v1/" in line]


async def test_the_curl_lines_of_the_readme_work():
    memory_writer = MemoryWriter()
    assert len(curls()) >= 4
    for token in ("", TOKEN):
        async with serving(memory_writer, token=token) as client:
            port = client._base_url.port
            for line in curls():
                if ("$TOCSIN_PUSH_TOKEN" in line) != bool(token):
                    continue
                words = shlex.split(
                    line.replace("8724", str(port)).partition(" #")[0].replace("$TOCSIN_PUSH_TOKEN", TOKEN)
                )
                run = await asyncio.to_thread(
                    subprocess.run, [*words, "-s"], capture_output=True, check=True, cwd=README.parent, timeout=20
                )
                answer = json.loads(run.stdout)
                assert answer["accepted"] + answer["repeated"] >= 1, answer
                assert answer["rejected"] == 0
