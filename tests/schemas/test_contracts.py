"""The contracts: generated files match them, revisions stay compatible, examples fit, both codecs agree."""

import contextlib
import io
import json
import struct

import avro.io
import avro.schema
import pytest
from avro.compatibility import ReaderWriterCompatibilityChecker, SchemaCompatibilityType
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from schemas import generate
from schemas.codec import Codec, CodecError, UnknownSchema, from_json, to_json
from schemas.contracts import FOLDER, contracts, latest, schema_id
from schemas.topics import ALL

CODEC = Codec()
TOPICS = sorted(latest())


def examples():
    return [
        pytest.param(topic, path, id=f"{topic}:{path.stem}") for topic in TOPICS for path in latest()[topic].examples()
    ]


def compatible(reader, writer):
    result = ReaderWriterCompatibilityChecker().get_compatibility(reader, writer)
    return result.compatibility is SchemaCompatibilityType.compatible


def test_every_topic_of_the_flow_has_a_contract_and_an_example():
    assert {t.name for t in ALL} == set(TOPICS)
    for topic in TOPICS:
        assert latest()[topic].examples(), f"{topic} has no example"


def test_generated_files_match_the_contracts():
    assert generate.main(["--check"]) == 0, "run `make generate`"


@pytest.mark.parametrize(("topic", "path"), examples())
def test_records_as_json_fit_their_json_schema(topic, path):
    schema = json.loads((FOLDER / "json" / f"{topic}.json").read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    check = Draft202012Validator(schema)
    plain = json.loads(json.dumps(to_json(from_json(json.loads(path.read_text(encoding="utf-8")), topic))))
    assert [error.message for error in check.iter_errors(plain)] == []
    for name in schema["$defs"][latest()[topic].schema["name"]]["required"]:
        assert not check.is_valid({key: value for key, value in plain.items() if key != name})
        assert not check.is_valid({**plain, name: object()})


def test_drift_is_noticed(monkeypatch, tmp_path):
    stale = tmp_path / "records.py"
    stale.write_text("something else")
    monkeypatch.setattr(generate, "outputs", lambda: {stale: generate.records_source()})
    assert generate.main(["--check"]) == 1


def test_every_field_is_documented():
    def undocumented(node, path=""):
        if isinstance(node, list):
            return [x for b in node for x in undocumented(b, path)]
        if not isinstance(node, dict):
            return []
        if node.get("type") != "record":
            return undocumented(node.get("items"), path) + undocumented(
                node["type"] if isinstance(node.get("type"), dict) else None, path
            )
        missing = [f"{path}{f['name']}" for f in node["fields"] if not f.get("doc")]
        return missing + [x for f in node["fields"] for x in undocumented(f["type"], f"{path}{f['name']}.")]

    assert [x for c in contracts() for x in undocumented(c.schema, f"{c.topic}:")] == []


@pytest.mark.parametrize("topic", TOPICS)
def test_revisions_are_fully_transitively_compatible(topic):
    schemas = [avro.schema.parse(c.text) for c in contracts() if c.topic == topic]
    for a in schemas:
        for b in schemas:
            assert compatible(a, b)


def test_the_compatibility_check_can_fail():
    schema = latest()["news.copy.v1"].schema
    grown = {
        **schema,
        "fields": [*schema["fields"], {"name": "extra", "type": "string", "doc": "no default"}],
    }
    assert not compatible(avro.schema.parse(json.dumps(grown)), avro.schema.parse(json.dumps(schema)))


def test_schema_ids_are_unique_and_ignore_documentation():
    ids = [c.schema_id for c in contracts()]
    assert len(set(ids)) == len(ids)
    schema = latest()["news.copy.v1"].schema
    assert schema_id({**schema, "doc": "in other words"}) == schema_id(schema)


@pytest.mark.parametrize(("topic", "path"), examples())
def test_examples_survive_the_wire_and_the_reference_codec_reads_them(topic, path):
    plain = json.loads(path.read_text())
    record = from_json(plain, topic)
    wire = CODEC.encode(record)
    assert CODEC.decode(wire, topic) == record
    assert to_json(record) == plain, "the example does not name every field in its canonical form"
    magic, number = struct.unpack_from(">bI", wire)
    assert (magic, number) == (0, latest()[topic].schema_id)
    reader = avro.io.DatumReader(avro.schema.parse(latest()[topic].text))
    by_reference = reader.read(avro.io.BinaryDecoder(io.BytesIO(wire[5:])))
    assert by_reference.keys() == plain.keys()
    for name, value in plain.items():
        if isinstance(value, str) and isinstance(by_reference[name], str):
            assert by_reference[name] == value


def wire_of(topic):
    path = latest()[topic].examples()[0]
    return CODEC.encode(from_json(json.loads(path.read_text()), topic))


@pytest.mark.parametrize(
    ("damage", "error"),
    [
        (lambda w: None, CodecError),
        (lambda w: b"", CodecError),
        (lambda w: b"\x01" + w[1:], CodecError),
        (lambda w: w[:3], CodecError),
        (lambda w: b"\x00\x00\x00\x00\x07" + w[5:], UnknownSchema),
        (lambda w: w[:-2], CodecError),
        (lambda w: w + b"\x00", CodecError),
    ],
)
def test_damaged_bytes_are_named(damage, error):
    with pytest.raises(error):
        CODEC.decode(damage(wire_of("news.copy.v1")), "news.copy.v1")


def test_a_record_of_another_topic_is_refused():
    with pytest.raises(CodecError, match="fix its producer"):
        CODEC.decode(wire_of("news.copy.v1"), "news.alert.v1")


def test_a_rule_of_the_contract_is_held_on_both_sides():
    path = latest()["news.copy.v1"].examples()[0]
    bad = from_json({**json.loads(path.read_text()), "kind": "roughly"}, "news.copy.v1")
    with pytest.raises(CodecError, match="kind = 'roughly' breaks its rule: one of exact, near, excerpt"):
        CODEC.encode(bad)


@given(st.binary(max_size=200))
@settings(max_examples=200, deadline=None)
def test_any_bytes_decode_or_raise_a_codec_error(tail):
    wire = wire_of("news.mention.v1")
    for raw in (tail, wire[:5] + tail, wire[: len(tail)] + tail):
        with contextlib.suppress(CodecError):
            CODEC.decode(raw, "news.mention.v1")
