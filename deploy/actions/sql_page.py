"""The SQL page of the embedded ClickHouse: its files, with the cookbook included."""

import json
from pathlib import Path

from connectors.sinks.http_gateway import Page
from deploy.actions.cookbook import recipes
from streams import console

FOLDER = Path(__file__).parents[1] / "pages" / "sql"
ICON = Path(console.__file__).parent / "static" / "icon.svg"
KINDS = {".css": "text/css", ".js": "text/javascript"}


def sql_page() -> dict[str, Page]:
    """The files of the page, by path at the gateway."""
    files = {f"/page/{p.name}": Page(KINDS[p.suffix], p.read_bytes()) for p in FOLDER.iterdir() if p.suffix in KINDS}
    questions = [
        {
            "name": recipe.name,
            "question": recipe.question,
            "sql": recipe.sql,
            "parameters": [{"name": p.name, "default": p.default, "meaning": p.meaning} for p in recipe.parameters],
        }
        for recipe in recipes().values()
    ]
    return {
        "/page": Page("text/html", (FOLDER / "index.html").read_bytes()),
        "/page/icon.svg": Page("image/svg+xml", ICON.read_bytes()),
        "/page/cookbook.json": Page("application/json", json.dumps(questions).encode()),
        **files,
    }
