"""Targets of alerts come from tocsin.toml, from the environment or from files, and are never shown."""

import json

import pytest

from schemas.errors import Stop
from streams.settings import load_settings

SECRET = "https://hooks.example/T0KEN-99"


@pytest.fixture(autouse=True)
def alone(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_target_from_the_file_with_more_of_it_from_the_environment(alone, monkeypatch):
    (alone / "tocsin.toml").write_text(f'[notify.desk]\nurl = "{SECRET}"\ncountries = ["UA"]\n')
    monkeypatch.setenv("TOCSIN_NOTIFY__DESK__LEAST_LEVEL", "critical")
    monkeypatch.setenv("TOCSIN_NOTIFY__ONCALL__URL", "slack://a/b/c")
    monkeypatch.setenv("TOCSIN_NOTIFY__ONCALL__FAMILIES", "explosions, protests")
    settings = load_settings()
    desk, oncall = settings.notify["desk"], settings.notify["oncall"]
    assert (desk.address(), desk.least_level, desk.countries, desk.limit()) == (SECRET, "critical", ("UA",), None)
    assert (oncall.families, oncall.limit()) == (("explosions", "protests"), 60)
    assert SECRET not in repr(settings) + str(settings)


def test_children_are_given_the_same_targets_and_none_when_there_are_none(alone, monkeypatch):
    (alone / "tocsin.toml").write_text(f'[notify.desk]\nurl = "{SECRET}"\nsecret = "signed"\nper_hour = 0\n')
    settings = load_settings()
    environment = settings.environment()["TOCSIN_NOTIFY"]
    (alone / "tocsin.toml").unlink()
    monkeypatch.setenv("TOCSIN_NOTIFY", environment)
    assert load_settings().notify == settings.notify
    assert load_settings().notify["desk"].key() == "signed"
    (alone / "tocsin.toml").write_text(f'[notify.desk]\nurl = "{SECRET}"\n')
    monkeypatch.setenv("TOCSIN_NOTIFY__ONCALL__URL", SECRET)
    monkeypatch.setenv("TOCSIN_NOTIFY", type(settings)(notify={}).environment()["TOCSIN_NOTIFY"])
    assert load_settings().notify == {}


def test_addresses_and_secrets_come_from_files(alone, monkeypatch):
    (alone / "url").write_text(SECRET + "\n")
    (alone / "all").write_text(json.dumps({"desk": {"url_file": "url", "secret_file": "gone"}}))
    monkeypatch.setenv("TOCSIN_NOTIFY_FILE", "all")
    desk = load_settings().notify["desk"]
    assert desk.address() == SECRET
    with pytest.raises(Stop, match="gone cannot be read"):
        desk.key()


@pytest.mark.parametrize(
    ("target", "complaint"),
    [
        ({}, "url or url_file"),
        ({"url": SECRET, "url_file": "x"}, "url or url_file"),
        ({"url": SECRET, "secret": "T0KEN-99", "secret_file": "x"}, "secret or secret_file"),
        ({"url": SECRET, "urll": SECRET}, "urll"),
        ({"url": SECRET, "families": ["T0"]}, "no family T0"),
        ({"url": SECRET, "countries": ["ukraine"]}, "two capital letters"),
        ({"url": SECRET, "reasons": ["whim"]}, "reasons"),
        ({"url": SECRET, "least_level": "high"}, "least_level"),
        ({"url": [SECRET]}, "url"),
        (SECRET, "desk"),
    ],
)
def test_what_is_wrong_is_told_without_the_address(monkeypatch, target, complaint):
    monkeypatch.setenv("TOCSIN_NOTIFY", json.dumps({"desk": target}))
    with pytest.raises(Stop, match=complaint) as error:
        load_settings()
    assert "T0KEN-99" not in str(error.value)


@pytest.mark.parametrize("text", ['{"De/sk": {"url": "https://T0KEN-99"}}', "T0KEN-99", '["T0KEN-99"]'])
def test_what_is_no_table_of_targets_is_refused(monkeypatch, text):
    monkeypatch.setenv("TOCSIN_NOTIFY", text)
    with pytest.raises(Stop) as error:
        load_settings()
    assert "T0KEN-99" not in str(error.value)
