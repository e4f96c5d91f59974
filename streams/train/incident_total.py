"""Trains which of an article's figures is the toll of its news; `python -m streams.train.figures DATA` scores and writes it.

DATA/incident_claims/tolls.json has the killed and injured that an editor would state after reading one article, or that
none may be stated. Other annotated articles teach with less weight: the greatest figure of their main incident is taken for its toll.
"""

from collections import Counter
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression

from streams.domain.mentions.article_toll import article_toll
from streams.domain.mentions.claim_dedup import told_figures
from streams.domain.mentions.figure_homes import figure_passages
from streams.domain.mentions.incident_total import Candidate, candidates
from streams.domain.mentions.learned_drafts import learned_drafts
from streams.domain.mentions.mention_reading import draft_time, setting_of
from streams.domain.mentions.mention_type import mention_type
from streams.domain.text.document import Document
from streams.domain.text.trained_weights import Weights

STRENGTH = 0.15  # inverse regularisation
RARE = 2
GUESSED = 0.3  # weight of a toll that was taken from the annotated claims


@dataclass(slots=True)
class Choice:
    """The candidates of one kind in one article, which of them are right, and the weight of it."""

    what: str
    found: list[Candidate]
    right: list[bool]
    weight: float


def choices(row: dict[str, Any], document: Document, tolls: dict[str, dict[str, list[int] | None]]) -> list[Choice]:
    """The choices in the news of an article, as read by readers that were not fitted on it."""
    drafts = learned_drafts(document)
    news = next((d for d in drafts if d.role == "main"), None)
    if news is None:
        return []
    toll = article_toll(document, drafts) if news.has_casualties() else None
    family = mention_type(document, news, is_news=True).family
    setting = setting_of(document, news, family, draft_time(document, news)[0], toll)
    told = told_figures(figure_passages(news, drafts), document.text, setting)
    out = []
    for what, found in candidates(told, setting).items():
        stated = tolls.get(row["id"], {})
        if what in stated:
            span = stated[what]
            right = [span is not None and span[0] <= c.value <= span[1] for c in found]
            out.append(Choice(what, found, right, 1.0))
            continue
        main = [c for m in row["mentions"] if m["role"] == "main" for c in m["claims"] if c["what"] == what]
        values = [v for c in main if (v := c["min"] if c["min"] is not None else c["max"]) is not None]
        single = [c for c in main if c["min"] == c["max"] == 1]
        if len(values) > 1 and len(single) == len(values):
            continue  # persons mentioned one by one: nobody summed them up
        out.append(Choice(what, found, [bool(values) and c.value == max(values) for c in found], GUESSED))
    return out


def fit(made: list[Choice]) -> Weights:
    """Weights from choices."""
    flat = [(c, ok, m.weight) for m in made for c, ok in zip(m.found, m.right, strict=True)]
    seen = Counter(f for c, _, _ in flat for f in {*c.features})
    rows = DictVectorizer()
    x = rows.fit_transform([{f: 1 for f in c.features if seen[f] >= RARE} for c, _, _ in flat])
    model = LogisticRegression(C=STRENGTH, max_iter=600)
    model.fit(x, np.array([ok for _, ok, _ in flat]), sample_weight=np.array([w for _, _, w in flat]))
    names = rows.get_feature_names_out()
    kept = {str(n): float(w) for n, w in zip(names, model.coef_[0], strict=True) if abs(w) > 0.005}
    return Weights(kept, float(model.intercept_[0]))
