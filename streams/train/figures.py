"""Scores of reading on articles left out: `python -m streams.train.figures DATA`, tables of the five folds.

For each fold the models of claims, the readers of articles, the weights of times and the model of incident totals are trained
on the other four, then its articles are read and linked as in production. `claims` metrics are those of `tocsin eval claims`; `best right` is the share of
accepted tolls that the figures of the lead incident meet, `none right` of those where no toll may be given. Scores are kept
for the table of all scores; a second argument names a file for the readings. The model of incident totals and the weights of times
learn from articles as readers see them that were not fitted on them, and are written here.
"""

import json
import sys
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from schemas.records import Incident
from streams.domain.extract.claim_model import CLAIMS
from streams.domain.linking.link import link
from streams.domain.linking.state import LinkState
from streams.domain.mentions.incident_time import WEIGHTS
from streams.domain.mentions.incident_total import TOLLS
from streams.domain.mentions.read_article import read_article
from streams.domain.mentions.reader_model import READERS, ReaderModel
from streams.domain.text.document import open_document
from streams.domain.text.trained_weights import Weights
from streams.evaluate.claims import article, predict
from streams.evaluate.scores_claims import claims_scores
from streams.train import claims, incident_time, incident_total, reader
from streams.train.choice import Choice, write
from streams.train.held_out import record
from streams.train.reading_scores import FIGURES, scores, table

FOLDS = range(5)
LONGEST_TITLE = 200  # characters of a first line that serves as the headline where there is none
Row = dict[str, Any]
Tolls = dict[str, dict[str, list[int] | None]]


@dataclass(frozen=True, slots=True)
class LeftOut:
    """What was fitted on all folds but one, and the choices that the articles of that one leave as it reads them."""

    claims: Weights
    readers: ReaderModel
    totals: list[incident_total.Choice]
    times: list[Choice]


def titled(row: Row) -> Row:
    """The row with its first line as the headline where it has none."""
    first = row["text"].strip().split("\n", 1)[0].strip()
    return {**row, "title": row.get("title") or (first if len(first) <= LONGEST_TITLE else "")}


def lead_figures(row: Row) -> dict[str, int | None]:
    """Best of each kind in the first incident of news that linking makes of one article."""
    state = LinkState()
    incidents: dict[str, Incident] = {}
    for mention in read_article(article(titled(row))):
        state, linked = link(state, mention)
        incidents.update({o.incident_id: o for o in linked.outputs if isinstance(o, Incident)})
    lead = next((i for i in incidents.values() if i.role == "main"), None)
    return {f.what: f.best for f in lead.figures} if lead else {}


def left_out(data: Path, rows: list[Row], wanted: Tolls) -> list[LeftOut]:
    """For each fold, what was fitted on the other folds."""
    every, rated, labelled = reader.examples(data), reader.rated_articles(data), claims.labelled(data)
    out = []
    for fold in FOLDS:
        figures = claims.fit([e for e in labelled if e[0] != fold])
        seen = [e for e in every if e.fold != fold]
        model = reader.fit_all(seen, reader.unseen_chances(seen), rated)
        with CLAIMS.replaced(figures), READERS.replaced(model):
            mine = [r for r in rows if r["fold"] == fold]
            totals = [
                c for r in map(titled, mine) for c in incident_total.choices(r, open_document(article(r)), wanted)
            ]
            times = [c for r in mine if r["scored"] for c in incident_time.choices(r, open_document(article(r)))]
        out.append(LeftOut(figures, model, totals, times))
    return out


def main() -> None:
    """Train, read and score fold by fold; write the model of incident totals and the weights of times."""
    data = Path(sys.argv[1])
    rows = claims.load(data)
    wanted: Tolls = json.loads((data / "incident_claims" / "tolls.json").read_text("utf-8"))
    models = left_out(data, rows, wanted)
    said: dict[str, Any] = {}
    total: Counter[str] = Counter()
    for fold, model in enumerate(models):
        with ExitStack() as stack:
            stack.enter_context(CLAIMS.replaced(model.claims))
            stack.enter_context(READERS.replaced(model.readers))
            others = [m for m in models if m is not model]
            stack.enter_context(TOLLS.replaced(incident_total.fit([c for m in others for c in m.totals])))
            stack.enter_context(WEIGHTS.replaced(incident_time.fit([c for m in others for c in m.times])))
            mine = [r for r in rows if r["fold"] == fold and r["scored"]]
            said |= {p["id"]: p for p in predict(mine)}
            told = judged(mine, wanted)
        total += told
        show(f"fold {fold}", {r["id"]: r for r in mine}, said, told)
    rates = show("all", {r["id"]: r for r in rows if r["scored"]}, said, total)
    record("figures", "incident_claims", rates)
    mentions = scores([r for r in rows if r["scored"]], said)
    print(table({"articles left out": mentions}), flush=True)
    record("claims", "incident_claims", {k: mentions[k] for k in FIGURES})
    for name in sys.argv[2:]:
        lines = (json.dumps(said[r["id"]], ensure_ascii=False) + "\n" for r in rows if r["scored"])
        Path(name).write_text("".join(lines), "utf-8")
    incident_total.fit([c for m in models for c in m.totals]).save(TOLLS.path)
    write(incident_time.fit([c for m in models for c in m.times]), WEIGHTS.path)


def judged(rows: list[Row], wanted: Tolls) -> Counter[str]:
    """How often the lead incidents have an expected figure, and none where none is expected."""
    told = Counter[str]()
    for row in rows:
        best = lead_figures(row) if row["id"] in wanted else {}
        for what, span in wanted.get(row["id"], {}).items():
            got = best.get(what)
            ok = not got if span is None else got is not None and span[0] <= got <= span[1]
            told[f"{'none' if span is None else 'best'} {ok}"] += 1
    return told


def show(name: str, gold: dict[str, Any], said: dict[str, Any], told: Counter[str]) -> dict[str, float]:
    """Print one row of the table; returns its rates."""
    s = claims_scores(gold, {i: said[i] for i in gold})
    rates = {
        "victims_p": s["claims_victims_p"], "victims_r": s["claims_victims_r"], "victims_f1": s["claims_victims_f1"],
        "attribution_accuracy_named": s["attribution_accuracy_named"], "claims_in_own_mention": s["claims_in_own_mention"],
        "best_toll_right": told["best True"] / max(1, told["best True"] + told["best False"]),
        "no_toll_right": told["none True"] / max(1, told["none True"] + told["none False"]),
    }  # fmt: skip
    print(f"{name:7}", *(f"{k} {100 * float(v):5.1f}" for k, v in rates.items()), flush=True)
    return {k: float(v) for k, v in rates.items()}


if __name__ == "__main__":
    main()
