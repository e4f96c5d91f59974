"""How often the figures of an incident are right after all its reports: `python -m streams.evaluate.tolls DATA`.

`DATA` is the folder of labelled sets. Two sets have several reports of one incident and its toll:

- gva_incidents: killed and injured as the archive's editors counted them; none stated counts as 0.
- linkset: killed, as the last dated reports state it; reports without a date are left out, as their order is unknown.

The labels say which reports are of one incident, so that only reading and figures are measured, not linking. `best` is
the share of incidents whose best figure is the expected one, `in_range` of those where low to high holds it.
`by source record` gives every origin the weight of its record in the other four fifths of the incidents (how often
its first figure was the settled one) and so says whether such a prior helps.
A second argument names a file for the wrong figures.
"""

import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from schemas.records import Figure, Mention
from streams.domain.linking.figures import Trust, figures, supersede, trust
from streams.domain.linking.incident import REPORTING_ROLES, ROLES, sourced
from streams.domain.mentions.read_article import read_article
from streams.evaluate.claims import article
from streams.evaluate.documents import Row, read_rows

FEWEST = 2  # reports of an incident that is measured
FOLDS, DRAWN = 5, 10  # parts of the incidents; figures by which an origin's record is drawn towards the mean
COUNTED = ("killed", "injured")
Leads = dict[str, list[Mention]]  # the accounts of each incident


@dataclass(frozen=True, slots=True)
class Judged:
    """One kind of figure of one incident: what is expected, and what the incident has."""

    name: str
    what: str
    wanted: frozenset[int]
    figure: Figure | None

    @property
    def best(self) -> bool:
        """Whether the best figure is an expected one; no figure is 0."""
        return ((self.figure.best or 0) if self.figure else 0) in self.wanted

    @property
    def covered(self) -> bool:
        """Whether low to high holds an expected figure."""
        f = self.figure
        return any((f.low or 0) <= w <= (f.high or 0) for w in self.wanted) if f else 0 in self.wanted

    def __str__(self) -> str:
        """One line that tells what differs."""
        f = self.figure
        said = f"{f.best} ({f.low} to {f.high}): {f.reason}" if f else "none"
        return f"{self.name} {self.what}: {said}; expected {' or '.join(map(str, sorted(self.wanted)))}"


def of_linkset(docs: Iterable[Row]) -> Iterator[Judged]:
    """Killed of every incident whose dated reports state it."""
    for name, rows in _grouped(d for d in docs if d["published"]).items():
        stating = [d for d in rows if d["killed_stated"] is not None]
        if stating:
            last = max(d["published"] for d in stating)
            wanted = frozenset(d["killed_stated"] for d in stating if d["published"] == last)
            yield Judged(name, "killed", wanted, _figures(_leads(rows)).get("killed"))


def of_archive(leads: Leads, counted: Mapping[str, Row]) -> Iterator[Judged]:
    """Killed and injured of every incident of the archive."""
    for name, told in leads.items():
        yield from _judged(name, counted[name], _figures(told))


def of_record(leads: Leads, counted: Mapping[str, Row]) -> Iterator[Judged]:
    """The same where each origin is trusted by its record, learned from the incidents of the other folds."""
    folds = {name: n % FOLDS for n, name in enumerate(leads)}
    records = [source_record({n: t for n, t in leads.items() if folds[n] != fold}, counted) for fold in range(FOLDS)]
    for name, told in leads.items():
        record = records[folds[name]]
        weighed = {o: record.get(o, 1.0) for o in {m.origin for m in told}}
        yield from _judged(name, counted[name], _figures(told, lambda s, w=weighed: trust(s) * w[s.origin]))  # type: ignore[misc]


def source_record(leads: Leads, counted: Mapping[str, Row]) -> dict[str, float]:
    """For each origin, how many times the mean share of its first figures are the settled ones."""
    right: dict[str, list[bool]] = defaultdict(list)
    for name, told in leads.items():
        for m in told:
            own = _figures([m])
            right[m.origin] += [own[what].best == counted[name][what] for what in COUNTED if what in own]
    mean = sum(map(sum, right.values())) / max(1, sum(map(len, right.values())))
    return {o: (sum(rs) / mean + DRAWN) / (len(rs) + DRAWN) for o, rs in right.items()} if mean else {}


def _judged(name: str, counted: Row, found: Mapping[str, Figure]) -> Iterator[Judged]:
    for what in COUNTED:
        if counted[what] is not None:
            yield Judged(name, what, frozenset((counted[what],)), found.get(what))


def _grouped(docs: Iterable[Row]) -> dict[str, list[Row]]:
    """The documents of each incident that several report, in the order of the incidents' names."""
    groups: dict[str, list[Row]] = defaultdict(list)
    for d in docs:
        groups[d["cluster"]].append(d)
    return {name: rows for name, rows in sorted(groups.items()) if len(rows) >= FEWEST}


def _leads(rows: Iterable[Row]) -> list[Mention]:
    """Each article's account of its incident: the first of its strongest role."""
    out = []
    for row in rows:
        told = [m for m in read_article(article(row)) if m.role in REPORTING_ROLES]
        if told:
            out.append(min(told, key=lambda m: (ROLES.index(m.role), m.evidence.start)))
    return out


def _figures(mentions: Iterable[Mention], trusted: Trust = trust) -> dict[str, Figure]:
    """The figures of victims of an incident with these accounts, by kind."""
    found = figures(supersede(c for m in mentions for c in sourced(m)), trusted)
    return {f.what: f for f in found if not f.of}


def rates(judged: Iterable[Judged]) -> dict[str, float]:
    """Shares of right figures, by kind and of all."""
    total: Counter[tuple[str, str]] = Counter()
    for j in judged:
        for of in (j.what, "all"):
            total.update({(of, "n"): 1, (of, "best"): j.best, (of, "range"): j.covered})
    out: dict[str, float] = {}
    for of in sorted({of for of, _ in total}):
        n = total[of, "n"]
        out |= {f"{of}_n": n, f"{of}_best": total[of, "best"] / n, f"{of}_in_range": total[of, "range"] / n}
    return out


def main() -> None:
    """Print one JSON object for each set."""
    data = Path(sys.argv[1])
    counted = {i["cluster"]: i for i in read_rows(data / "gva_incidents" / "incidents.jsonl.gz", ("cluster",))}
    docs = (d for d in read_rows(data / "gva_incidents" / "docs.jsonl.gz") if len(d["clusters"]) == 1)
    leads = {name: _leads(rows) for name, rows in _grouped(docs).items()}
    found = {
        "linkset": list(of_linkset(read_rows(data / "linkset" / "docs.jsonl.gz"))),
        "gva_incidents": list(of_archive(leads, counted)),
        "gva_incidents by source record": list(of_record(leads, counted)),
    }
    for name, judged in found.items():
        print(json.dumps({"set": name, **{k: round(v, 4) for k, v in rates(judged).items()}}), flush=True)
    for path in sys.argv[2:]:
        lines = [f"{name}: {j}\n" for name, judged in found.items() for j in judged if not j.best]
        Path(path).write_text("".join(lines), "utf-8")


if __name__ == "__main__":
    main()
