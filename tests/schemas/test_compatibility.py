"""Apache Avro at run time: its checker over schemas, its codec beside the fast one."""

import json

import httpx
import pytest

from deploy.actions.contracts_check import check_contracts, incompatible, keep_contracts
from deploy.actions.tail import Read, Verified
from schemas.codec import Codec, from_json
from schemas.compatibility import UnreadableSchema, conflicts, parse
from schemas.contracts import contracts, latest
from schemas.errors import Stop
from schemas.reference import Reference
from streams.settings import Settings
from tests.schemas.test_registry import registry  # noqa: F401 - a fixture

COPY = latest()["news.copy.v1"]


def changed(change):
    """The contract of copies with its fields changed."""
    schema = json.loads(COPY.text)
    schema["fields"] = change(schema["fields"])
    return json.dumps(schema)


def with_field(fields):
    return [*fields, {"name": "mood", "type": "string", "doc": "no default"}]


def with_default(fields):
    return [*fields, {"name": "mood", "type": "string", "default": "", "doc": "a default"}]


def with_number(fields):
    return [{**f, "type": "string"} if f["name"] == "similarity" else f for f in fields]


@pytest.mark.parametrize(
    ("change", "named"), [(with_field, "mood"), (with_number, "similarity"), (lambda f: f[1:], COPY.schema["fields"][0]["name"])]
)  # fmt: skip
def test_what_does_not_fit_is_refused_with_its_field(change, named):
    assert any(named in why for why in conflicts(changed(change), COPY.text))
    (fault, *_) = incompatible({(COPY.subject, 7): changed(change)})
    assert fault.startswith("news.copy.v1-value version 7 and our revision 1: ")
    assert named in fault


def test_what_is_additive_fits_both_ways():
    assert conflicts(changed(with_default), COPY.text) == []
    assert incompatible({(c.subject, c.revision): c.text for c in contracts()} | {("others", 1): "no schema"}) == []


def test_text_that_is_no_schema_is_named():
    for text in ("", "{", "{}", '{"type": "record"}', '"nonsense"'):
        with pytest.raises(UnreadableSchema):
            parse(text)


def test_setup_refuses_what_an_earlier_installation_holds_and_names_the_field(tmp_path):
    settings = Settings(data_dir=tmp_path)
    assert check_contracts(settings) == f"{len(contracts())} contracts parsed"
    keep_contracts(settings)
    assert f"read both ways with {len(contracts())} of the installation before" in check_contracts(settings)
    (tmp_path / "contracts" / COPY.subject / "1.avsc").write_text(changed(with_field))
    with pytest.raises(Stop, match=r"field .*mood"):
        check_contracts(settings)


def test_setup_reads_what_a_registry_holds(registry, tmp_path):  # noqa: F811
    settings = Settings(data_dir=tmp_path, registry=registry)
    assert f"{len(contracts())} of the registry at {registry}" in check_contracts(settings)
    with pytest.raises(Stop, match="does not return its schemas"):
        check_contracts(Settings(data_dir=tmp_path, registry="http://127.0.0.1:1"))


def test_the_registry_answers_compatibility(registry):  # noqa: F811
    def ask(schema, version="/latest", subject=COPY.subject, **params):
        url = f"{registry}/compatibility/subjects/{subject}/versions{version}"
        return httpx.post(url, json={"schema": schema}, params=params, trust_env=False)

    assert ask(changed(with_default)).json() == {"is_compatible": True}
    assert ask(changed(with_field), "/1").json() == {"is_compatible": False}
    told = ask(changed(with_field), "", verbose="true").json()
    assert "mood" in told["messages"][0]
    assert ask("{").json()["error_code"] == 42201
    assert ask(COPY.text, "/9").json()["error_code"] == 40402
    assert ask(COPY.text, subject="nobody-value").json()["error_code"] == 40401


@pytest.mark.parametrize("topic", sorted(latest()))
def test_both_codecs_read_every_example_alike(topic):
    codec = Codec()
    for path in latest()[topic].examples():
        wire = codec.encode(from_json(json.loads(path.read_text()), topic))
        assert Reference(codec).differences(wire, topic) == []


def test_differences_and_unreadable_messages_are_counted(monkeypatch):
    codec, topic = Codec(), "news.copy.v1"
    wire = codec.encode(from_json(json.loads(COPY.examples()[0].read_text()), topic))
    verified = Verified()
    assert verified.note(Read(topic, 0, 0, None, value=wire)) == []
    assert verified.note(Read(topic, 0, 1, None)) == []
    (why,) = verified.note(Read(topic, 0, 2, None, value=wire[:-2]))
    assert "the fast codec cannot read it" in why
    plain = Codec.plain
    monkeypatch.setattr(Codec, "plain", lambda self, record: {**plain(self, record), "similarity": 9.0})
    assert verified.note(Read(topic, 0, 3, None, value=wire)) == ["similarity"]
    assert verified.words() == "1 messages read alike by fastavro and avro, 2 not"
