"""Every question of the cookbook runs on an embedded engine and on the oldest server."""

import pytest

from connectors.load.explain import explain
from deploy.actions.cookbook import recipes
from tests.connectors.load_rows import put
from tests.integration.loading import EXAMPLES

pytestmark = pytest.mark.timeout(300)


def test_every_question_runs_with_its_defaults(store):
    explain(store)
    put(store, *EXAMPLES.values(), apart=0)
    for recipe in recipes().values():
        assert store.query(recipe.fill({})).columns, recipe.name
    assert store.query(recipes()["incident"].fill({})).rows
    assert not store.query(recipes()["deadliest"].fill({"country": "XX"})).rows
