"""Every question of the cookbook runs on an embedded engine and on the oldest server."""

import pytest

from connectors.load.explain import explain
from deploy.actions.cookbook import recipes
from tests.connectors.load_rows import as_columns, rows_of
from tests.integration.loading import EXAMPLES

pytestmark = pytest.mark.timeout(300)


def test_every_question_runs_with_its_defaults(store):
    explain(store)
    for record in EXAMPLES.values():
        for table, row in rows_of(record, 1_700_000_000_000).items():
            store.insert(table, as_columns(row))
    for recipe in recipes().values():
        assert store.query(recipe.fill({})).columns, recipe.name
    assert store.query(recipes()["incident"].fill({})).rows
    assert not store.query(recipes()["deadliest"].fill({"country": "XX"})).rows
