"""axe-core in a page: what the accessibility engine of many testers finds. It comes from the console's locked packages."""

import subprocess
from pathlib import Path
from typing import Any

from tests.browser.chromium import Page

FRONT = Path(__file__).parents[2] / "streams" / "console" / "front"
AXE = FRONT / "node_modules" / "axe-core" / "axe.min.js"
RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice")


def engine() -> str:
    """The engine's source; npm fetches it once, as its lock file says."""
    if not AXE.exists():
        subprocess.run(["npm", "ci", "--no-audit", "--no-fund", "--silent"], cwd=FRONT, check=True)
    return AXE.read_text(encoding="utf-8")


async def findings(page: Page) -> list[str]:
    """Serious and critical findings, a line for each kind with the first element that has it."""
    if not await page.ask("'axe' in window"):
        await page.ask(engine() + ";0")
    run = f"axe.run({{runOnly: {list(RULES)}, resultTypes: ['violations']}}).then(r => r.violations)"
    found: list[dict[str, Any]] = await page.ask(run)
    return [
        f"{v['id']} ({v['impact']}): {v['nodes'][0]['html'][:200]} {v['nodes'][0]['failureSummary'][:300]}"
        for v in found
        if v["impact"] in ("serious", "critical")
    ]
