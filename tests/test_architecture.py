"""Who may import whom: connectors -> schemas <- streams; only deploy sees both; the domain knows no wires."""

import ast
import builtins
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
WIRES = {
    "kafka",
    "aiokafka",
    "faust",
    "mode",
    "clickhouse_driver",
    "chdb",
    "aiohttp",
    "httpx",
    "typer",
    "rich",
}
FORBIDDEN = {
    "schemas": {
        "connectors",
        "streams",
        "deploy",
        "tests",
        "faust",
        "kafka",
        "aiokafka",
        "clickhouse_driver",
        "chdb",
    },
    "connectors": {"streams", "deploy", "tests", "faust"},
    "streams": {"connectors", "deploy", "tests", "kafka", "clickhouse_driver", "chdb"},
    "streams/domain": WIRES | {"connectors", "deploy", "tests"},
}
ALLOWED_TOP = {"streams", "schemas", "connectors", "deploy", "tests"}


def imports(source):
    """Top-level names of every module imported, wherever the import stands; streams' rooms with their folder."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def breaches(folder, forbidden):
    return [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in sorted((ROOT / folder).rglob("*.py"))
        for name in imports(path.read_text(encoding="utf-8"))
        if name.split(".")[0] in forbidden
    ]


@pytest.mark.parametrize("folder", FORBIDDEN)
def test_rooms_import_only_what_they_may(folder):
    assert breaches(folder, FORBIDDEN[folder]) == []


def test_the_domain_uses_nothing_of_streams_but_itself():
    outside = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in sorted((ROOT / "streams/domain").rglob("*.py"))
        for name in imports(path.read_text(encoding="utf-8"))
        if name.split(".")[0] == "streams" and not name.startswith("streams.domain")
    ]
    assert outside == []


ROOMS = ("text", "ontology", "geo", "event_type", "extract", "languages", "mentions", "dedupe", "linking", "alerting")


def against_the_flow(room, source):
    """Imports of rooms of the domain that come later in the flow than this one."""
    later = {f"streams.domain.{name}" for name in ROOMS[ROOMS.index(room) + 1 :]}
    return [name for name in imports(source) if ".".join(name.split(".")[:3]) in later]


@pytest.mark.parametrize("room", ROOMS)
def test_rooms_of_the_domain_import_only_those_before_them(room):
    files = sorted((ROOT / "streams/domain" / room).rglob("*.py"))
    assert files
    assert [
        f"{path.name} imports {name}"
        for path in files
        for name in against_the_flow(room, path.read_text(encoding="utf-8"))
    ] == []


def test_every_module_of_the_domain_stands_in_a_room():
    domain = ROOT / "streams/domain"
    assert [path.name for path in domain.glob("*.py")] == ["__init__.py"]
    assert {path.parent.name for path in domain.glob("*/__init__.py")} == set(ROOMS)


def test_an_import_against_the_flow_is_noticed():
    assert against_the_flow("geo", "from streams.domain.linking.link import link") == ["streams.domain.linking.link"]


def test_a_forbidden_import_is_noticed():
    assert list(imports("def f():\n    from kafka.errors import KafkaError\n    import faust")) == [
        "kafka.errors",
        "faust",
    ]
    assert breaches("streams/agents", {"faust"})


OURS_ALONE = {
    "_NotRead",
    "PrivateAddressError",
}  # caught where they are raised, or by aiohttp as OSError


def stray_errors(source):
    """Classes that derive from a built-in exception alone, so that nothing says what to do about them."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ClassDef) and node.name not in OURS_ALONE and node.bases:
            bases = {base.id for base in node.bases if isinstance(base, ast.Name)}
            if (
                all(
                    isinstance(getattr(builtins, base, None), type)
                    and issubclass(getattr(builtins, base), BaseException)
                    for base in bases
                )
                and bases
            ):
                yield node.name


def test_every_error_of_ours_says_what_to_do_next():
    assert [
        f"{path.relative_to(ROOT)}: {name}"
        for room in ("schemas", "connectors", "streams", "deploy")
        for path in sorted((ROOT / room).rglob("*.py"))
        for name in stray_errors(path.read_text(encoding="utf-8"))
        if name != "TocsinError"
    ] == []


def test_an_error_outside_the_tree_is_noticed():
    assert list(stray_errors("class Lost(ValueError): ...\nclass Kept(Stop, ValueError): ...")) == ["Lost"]


def test_no_other_top_level_folder():
    found = {p.name for p in ROOT.iterdir() if p.is_dir() and not p.name.startswith((".", "__")) and p.name != "var"}
    assert found <= ALLOWED_TOP | {p for p in found if p.endswith(".egg-info")}


def test_no_two_test_files_have_one_name():
    """Folders of tests are no packages, so pytest would take the second for the first."""
    names = [path.name for path in (ROOT / "tests").rglob("test_*.py")]
    assert sorted({name for name in names if names.count(name) > 1}) == []
