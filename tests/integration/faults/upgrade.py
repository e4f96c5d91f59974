"""An upgrade and its rollback under load: python -m tests.integration.faults.upgrade --old COMMIT.

The old version comes from a git worktree, makes topics and tables by its own `tocsin setup`, and works first. Articles
flow while every part, one after the other, is stopped and started in the other version: old to new, new to old, old to
new. The loader first: between it and the new one `tocsin setup` changes topics and tables with all that is in them, the
second time with `--refill`, as the old loader has written meanwhile. Then every input must be there once.

State and tables are carried over: what a version read first, the other must know as copied when it comes under another
address; no version of an incident that a table held may be gone or told otherwise; and the tables that stand beside
others hold the same.
"""

import argparse
import json
import random
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from deploy.supervise.process import Child
from schemas.codec import Codec
from schemas.identity import article_id
from schemas.keys import key_of
from schemas.records import Article, Publisher
from schemas.topics import ARTICLE
from streams.settings import PREFIX, Settings
from streams.stages import STAGES
from streams.status_files import ready_file
from tests.integration.faults.checker import check, gather
from tests.integration.faults.ledger import Entry, Slice, make_ledger
from tests.integration.faults.rig import Rig, rig, say
from tests.integration.faults.run import NOW

ROOT = Path(__file__).parents[3]
SETUP_SECONDS = 120.0
ANCHORS = 3  # articles before each turn, which come again after it
PARTS = ("loader", *(f"worker {stage}" for stage in STAGES), "notify")
COMMANDS = {"loader": ["load"], "notify": ["notify"]} | {f"worker {s}": ["worker", s, "--together"] for s in STAGES}
# Tables that the loader fills beside others: the other table, and the columns that name a row of both.
BESIDE = {
    "article_by_time": ("article", "article_id"),
    "article_brief": ("article", "article_id"),
    "mention_by_time": ("mention", "mention_id"),
    "change_by_time": ("incident_version", "incident_id, version"),
    "copy_link": ("copy", "article_id"),
    "copied": ("copy", "article_id"),
    "copy_by_time": ("copy", "article_id"),
    "incident_by_time": ("incident", "incident_id"),
}


@contextmanager
def tree_of(commit: str) -> Iterator[Path]:
    """A worktree of that commit, for as long as the block lasts."""
    with tempfile.TemporaryDirectory(prefix="tocsin-old-") as folder:
        tree = Path(folder) / "tree"
        subprocess.run(["git", "worktree", "add", "-q", "--detach", tree, commit], cwd=ROOT, check=True)
        try:
            yield tree
        finally:
            subprocess.run(["git", "worktree", "remove", "--force", tree], cwd=ROOT, check=True)


def command_of(tree: Path, name: str, arguments: list[str], settings: Settings, **more: object) -> Child:
    """A command run from that tree, with those settings that its version knows."""
    known = set(re.findall(r"^    (\w+): \w", (tree / "streams" / "settings.py").read_text(), re.MULTILINE))
    given = {k: v for k, v in settings.environment().items() if k.removeprefix(PREFIX).lower() in known}
    given[f"{PREFIX}NOTIFY"] = json.dumps({n: {"url": t.url.get_secret_value()} for n, t in settings.notify.items()})
    return Child(
        name, [sys.executable, "-m", "deploy.cli", *arguments],
        log=settings.data_dir / "log" / f"{tree.name}-{name.replace(' ', '-')}.log",
        environment=given | {"PYTHONPATH": str(tree), "PYTHONSAFEPATH": "1"}, ready_seconds=120, **more,
    )  # fmt: skip


def part_of(tree: Path, name: str, settings: Settings) -> Child:
    """A part run from that tree."""
    mark = ready_file(settings, name.rpartition(" ")[2])
    return command_of(
        tree, name, COMMANDS[name], settings,
        before=lambda: mark.unlink(missing_ok=True), ready=lambda: name == "loader" or mark.exists(),
    )  # fmt: skip


def set_up(tree: Path, settings: Settings, *options: str) -> None:
    """What `tocsin setup` of that tree does. Raises AssertionError when it fails or takes too long."""
    setup = command_of(tree, "setup", ["setup", *options], settings, ready=lambda: True).start()
    end = time.monotonic() + SETUP_SECONDS
    while setup.running and time.monotonic() < end:
        time.sleep(0.1)
    if code := setup.stop():
        raise AssertionError(f"setup of {tree} ended with {code}; {setup.last_words()}")
    say(f"topics and tables are those of {tree}")


def turn(system: Rig, tree: Path, again: bool) -> None:
    """Every part in the version of that tree, one after the other; `again`: it has been here before.

    The old loader is stopped before tables are made of which it knows nothing; what it stored after a rollback is
    filled in.
    """
    if tree == ROOT:
        system.part("loader").stop()
        set_up(tree, system.settings, *(["--refill"] if again else []))
    for number, old in enumerate(system.tree.parts):
        old.stop()
        part = part_of(tree, old.name, system.settings)
        system.tree.parts[number] = part.start()
        part.wait_ready()
        say(f"{old.name} runs from {tree}")


def rehearse(old_commit: str, seed: int) -> tuple[dict[str, object], bool]:
    """Turn three times; what came of it, and whether it is good."""
    ledger = make_ledger(seed, 3, NOW, sample=False, made=12)
    firsts, echoes = ([anchors(paper, number) for number in range(len(ledger))] for paper in ("first", "second"))
    held, gone = set[tuple](), set[tuple]()
    folder = Path(tempfile.mkdtemp(prefix="tocsin-upgrade-"))
    say(f"logs below {folder}")
    with (
        tree_of(old_commit) as old,
        rig(
            folder, proxied=False, tell=say, replication=1, prepare=lambda settings: set_up(old, settings),
            parts=lambda settings: [part_of(old, name, settings) for name in PARTS],
        ) as system,
    ):  # fmt: skip
        for number, (part, told, told_again) in enumerate(zip(ledger, firsts, echoes, strict=True)):
            system.publish(told, 0)
            system.settle()
            _under_load(system, part, old if number == 1 else ROOT, again=number > 0)
            say(f"settled in {system.settle():.1f} s")
            system.publish(told_again, 0)
            system.settle()
            now = rows(system, "incident_version", "incident_id, version, change_kind, change_document_id")
            gone, held = gone | (held - now), now
        with system.reader() as reader:
            found = gather(system.settings.kafka, reader, system.hook.told())
        known = {identity for (identity,) in rows(system, "copy", "article_id")}
        lacking = {table: rows(system, *wide) - rows(system, table, wide[1]) for table, wide in BESIDE.items()}
    unknown = [e.identity for part in echoes for e in part.entries if e.identity not in known]
    verdict = check([*ledger, *firsts, *echoes], found)
    for line in verdict.lines():
        say(line)
    lost, doubled = (sum(map(len, by.values())) for by in (verdict.lost, verdict.doubled))
    beside = {table: len(those) for table, those in lacking.items() if those}
    told = {
        "old": old_commit, "turns": 3, "inputs": sum(len(part.entries) for part in (*ledger, *firsts, *echoes)),
        "lost": lost, "doubled": doubled, "copies_of_before": sum(len(part.entries) for part in echoes),
        "taken_for_new": len(unknown), "versions": len(held), "versions_gone": len(gone), "lacking_beside": beside,
    }  # fmt: skip
    return told, verdict.good and not (unknown or gone or beside)


def anchors(paper: str, number: int) -> Slice:
    """Articles of the newest moment, which no window forgets; every paper prints the same ones."""
    codec, made = Codec(), []
    for which in range(ANCHORS):
        title = f"Storm number {number}-{which} floods the harbour of Port Example"
        body = f"{title}. " + " ".join(f"word{number}x{which}x{k}" for k in range(60))
        url = f"https://{paper}.example/{number}-{which}"
        article = Article(
            article_id=article_id(url, title, body), url=url, canonical_url=url, title=title, body=body,
            source=Publisher(domain=f"{paper}.example"), published_at=NOW, fetched_at=NOW,
        )  # fmt: skip
        made.append(Entry(ARTICLE.name, key_of(article), codec.encode(article), article.article_id))
    return Slice(ARTICLE.name, tuple(made))


def rows(system: Rig, table: str, columns: str) -> set[tuple]:
    """These columns of every row that a table holds."""
    with system.reader() as reader:
        return set(map(tuple, reader.query(f"SELECT {columns} FROM {table} FINAL").rows))


def _under_load(system: Rig, part: Slice, tree: Path, *, again: bool) -> None:
    with ThreadPoolExecutor(1) as pool:
        published = pool.submit(system.publish, part, random.Random(1).uniform(0.3, 0.5))
        turn(system, tree, again)
        published.result()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--old", required=True, help="a commit")
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    told, good = rehearse(chosen.old, chosen.seed)
    print(json.dumps(told))
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
