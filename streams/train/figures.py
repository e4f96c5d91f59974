"""Scores of figures on articles left out: `python -m streams.train.figures DATA`, one table of the five folds.

For each fold the models of claims and of tolls are trained on the other four, then its articles are read and linked as in
production. `claims` metrics are those of `tocsin eval claims`; `best right` is the share of accepted tolls that the figures
of the lead incident meet, `none right` of those where no toll may be given. Scores are kept for the table of all scores.
"""

import json
import sys
from collections import Counter
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

from schemas.records import Incident
from streams.domain.extract.claim_model import CLAIMS
from streams.domain.linking.link import link
from streams.domain.linking.state import LinkState
from streams.domain.mentions.incident_total import TOLLS
from streams.domain.mentions.read_article import read_article
from streams.evaluate.claims import article, predict
from streams.evaluate.scores_claims import claims_scores
from streams.train import claims, tolls
from streams.train.held_out import record

FOLDS = range(5)
LONGEST_TITLE = 200  # characters of a first line that serves as the headline where there is none


def lead_figures(row: dict[str, Any]) -> dict[str, int | None]:
    """Best of each kind in the first incident of news that linking makes of one article."""
    state = LinkState()
    incidents: dict[str, Incident] = {}
    read = article(row)
    first = read.body.strip().split("\n", 1)[0].strip()
    titled = replace(read, title=read.title or (first if len(first) <= LONGEST_TITLE else ""))
    for mention in read_article(titled):
        state, linked = link(state, mention)
        incidents.update({o.incident_id: o for o in linked.outputs if isinstance(o, Incident)})
    lead = next((i for i in incidents.values() if i.role == "main"), None)
    return {f.what: f.best for f in lead.figures} if lead else {}


def main() -> None:
    """Train, read and score fold by fold."""
    data = Path(sys.argv[1])
    rows = claims.load(data)
    wanted = json.loads((data / "incident_claims" / "tolls.json").read_text("utf-8"))
    labelled = claims.labelled(data)
    said: dict[str, Any] = {}
    total: Counter[str] = Counter()
    for fold in FOLDS:
        with ExitStack() as stack:
            stack.enter_context(CLAIMS.replaced(claims.fit([e for e in labelled if e[0] != fold])))
            others = [c for _, c in tolls.read(data, {*range(6)} - {fold})]
            stack.enter_context(TOLLS.replaced(tolls.fit(others)))
            mine = [r for r in rows if r["fold"] == fold]
            said |= {p["id"]: p for p in predict(mine)}
            told = Counter[str]()
            for row in mine:
                best = lead_figures(row) if row["id"] in wanted else {}
                for what, span in wanted.get(row["id"], {}).items():
                    got = best.get(what)
                    ok = not got if span is None else got is not None and span[0] <= got <= span[1]
                    told[f"{'none' if span is None else 'best'} {ok}"] += 1
            total += told
        show(f"fold {fold}", {r["id"]: r for r in mine}, said, told)
    scores = show("all", {r["id"]: r for r in rows if r["fold"] in FOLDS}, said, total)
    record("figures", "incident_claims", scores)


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
