"""Sections of RESULTS.md, each written anew by its command."""

import re
from pathlib import Path

RESULTS = Path(__file__).parents[1] / "RESULTS.md"


def put_in(text: str, section: str) -> str:
    """A page with the section in the place of the one with its title, or at the end."""
    title = section.partition("\n")[0]
    older = re.compile(rf"^{re.escape(title)}\n.*?(?=^## |\Z)", re.MULTILINE | re.DOTALL)
    if older.search(text):
        return older.sub(lambda _: section.rstrip() + "\n\n", text).rstrip() + "\n"
    return text.rstrip() + "\n\n" + section.rstrip() + "\n"


def write(section: str) -> None:
    """Print a section, and keep it in RESULTS.md."""
    print(section)
    RESULTS.write_text(put_in(RESULTS.read_text(encoding="utf-8"), section), encoding="utf-8")
