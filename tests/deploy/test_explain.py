"""`tocsin analyze --explain` says which rule decided each passage and mention."""

import json

import pytest
from typer.testing import CliRunner

from deploy.cli import app

TEXT = "A bomb killed five people at a market in Baghdad on Monday, police said. The mayor condemned the attack."


def analyzed(*options):
    done = CliRunner().invoke(app, ["analyze", "-", "--published", "2024-03-13", *options], input=TEXT)
    assert done.exit_code == 0, done.output
    return done.output


def test_explained_in_the_terminal():
    assert "opens the news" in analyzed("--explain")
    assert "opens the news" not in analyzed()


@pytest.mark.parametrize("explained", [True, False])
def test_explained_as_json(explained):
    found = json.loads(analyzed("--json", *(["--explain"] if explained else [])))
    if not explained:
        assert "explanation" not in found
        return
    first, second = found["explanation"]["passages"]
    assert (first["role"], first["role_rule"], first["mention"]) == ("event", "reports an event", "main")
    assert (second["role"], second["grouping_rule"]) == ("speech", "only speaks")
    assert TEXT[first["start"] : first["end"]].startswith("A bomb")
    assert len(found["explanation"]["mentions"]) == len(found["mentions"])
