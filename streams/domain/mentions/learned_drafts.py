"""Drafts of an article by the learned readers: groups of passages with their role and family."""

from collections import Counter
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from streams.domain.extract.passages import Passage, passages
from streams.domain.mentions.article_chance import article_features
from streams.domain.mentions.article_role import article_reading
from streams.domain.mentions.draft import Draft, MentionRole
from streams.domain.mentions.event_location import elsewhere, scenes
from streams.domain.mentions.incident_time import time_of
from streams.domain.mentions.learned_groups import article_facts, group_passages
from streams.domain.mentions.mention_chances import Group, family_features, mention_features
from streams.domain.mentions.passage_chances import passage_chances
from streams.domain.mentions.passage_signals import ROLES
from streams.domain.mentions.reader_model import Linear, readers
from streams.domain.ontology.types import ontology
from streams.domain.text.document import Document, annotation

Floats = npt.NDArray[np.float32]
LIKELY = 0.25  # how likely a passage must be of some mention to be grouped
LINKED = 0.5  # how likely a passage must be of one incident with a group, on the average, to join it
NONE, NONE_RULED = 0.58, 0.7  # how likely a group may be no mention, and still be one; where rules have found it, too
RULED = 1.0  # how much more the role counts that rules gave
CALM, SURE = 0.5, 0.55
"""How likely an article must report an incident for it to have news, and for it to have news in any case."""
VETO = (
    0.6  # what the chance that an article reports an incident is multiplied by where the rules say that it only recalls
)
PLAIN, PLAINLY = 0.8, 1.3
"""How likely an article must report an incident for its groups to be news more easily, and what their chance of it is multiplied by."""
MAIN = ROLES.index("main")
ROLE_WEIGHTS = np.array([1.0, 1.0, 1.3, 1.0, 1.3], dtype=np.float32)
"""Factor on the chance of each role: without it the rare ones are found too seldom."""


class RatedGroups(NamedTuple):
    """Groups of passages, the chances of each to be no mention or one of each of ROLES, and that the article reports an incident."""

    groups: list[Group]
    chances: Floats
    reports: float


@annotation
def rated_groups(document: Document) -> RatedGroups:
    """The groups of the document as the models rate them."""
    model, told = readers(document), passage_chances(document)
    groups = group_passages(document, told, model.pair, least=LIKELY, link=LINKED)
    features, chances = rate(document, groups, told, model.mention)
    reports = float(model.article.chances(features[None])[0, 1])
    return RatedGroups(groups, chances, reports * VETO if _only_recalls(document) else reports)


def _only_recalls(document: Document) -> bool:
    """Whether the rules for whole articles say that it only recalls: an opinion, or news of a calm type without casualties."""
    return any("only recalls" in rule for rule in article_reading(document).rules)


def rate(document: Document, groups: list[Group], told: Floats, mention: Linear) -> tuple[Floats, Floats]:
    """Features for the chance of the article, and the chances of its groups' roles."""
    article = article_facts(document)
    none = np.zeros((0, 1 + len(ROLES)), dtype=np.float32)
    chances = mention.chances(mention_features(groups, article)) if groups else none
    ruled = any(d.role == "main" for d in article_reading(document).drafts)
    return article_features(article, chances, told, ruled=ruled), chances


@annotation
def learned_drafts(document: Document) -> list[Draft]:
    """Drafts of the mentions in the order of their first passage."""
    groups, chances, reports = rated_groups(document)
    drafts = [
        _draft(document, groups[n], ROLES[role], reports)
        for n, role in enumerate(_roles(groups, chances, reports))
        if role >= 0
    ]
    return _with_figures(document, drafts)


def _roles(groups: list[Group], chances: Floats, reports: float) -> list[int]:
    """The place of each group's role in ROLES, -1 for no mention.

    An article that hardly reports an incident has no news; one that surely does has at least its likeliest.
    """
    if not len(chances):
        return []
    ruled = np.stack([np.stack([f.role for f in g.members]).max(axis=0) for g in groups])
    weighed = chances[:, 1:] * ROLE_WEIGHTS * (1 + RULED * ruled)
    weighed[:, MAIN] *= 0 if reports < CALM else PLAINLY if reports > PLAIN else 1
    least = np.where(ruled.any(axis=1), NONE_RULED, NONE)
    roles: list[int] = np.where(chances[:, 0] < least, weighed.argmax(axis=1), -1).tolist()
    if reports > SURE and MAIN not in roles:
        roles[int(chances[:, 1 + MAIN].argmax())] = MAIN
    return roles


def _draft(document: Document, group: Group, role: MentionRole, reports: float) -> Draft:
    features = family_features(group, article_facts(document), ROLES.index(role))
    families = readers(document).family.chances(features[None])[0]
    told = [f.passage for f in group.members]
    family = tuple(ontology().families)[int(families.argmax())]
    if role == "aggregate":  # what counts says more than what it is counted of
        told.sort(key=lambda p: (not any(c.what == "attacks" for c in p.claims), p.start))
    kind = (family, _subtype(group, family))
    draft = Draft(role, told, evidence=tuple(told), kind=kind, reports=reports)
    rule = f"learned: {role}, in an article that reports an incident at {reports:.2f}"
    return replace(draft, time=time_of(document, draft)).by(rule)


def _subtype(group: Group, family: str) -> str:
    """The likeliest type of a family."""
    weights = group.types.sum(axis=0)
    best = max((n for n, t in enumerate(ontology().types) if t.family == family), key=lambda n: float(weights[n]))
    return ontology().types[best].subtype


def _with_figures(document: Document, drafts: list[Draft]) -> list[Draft]:
    """The drafts with the passages whose figures are theirs.

    Figures go where the rules put them, to the draft that has most of what the rules' draft has, but not to one of an
    event elsewhere; those that the rules put nowhere stay where their passage is, else go to the draft told right before, else to
    the news.
    """
    if not drafts:
        return drafts
    ruled = article_reading(document).drafts
    of_rules = {id(p): k for k, d in enumerate(ruled) for p in d.passages}
    own = {id(p): k for k, d in enumerate(drafts) for p in d.evidence}
    heirs = [_heir(d, drafts, own) for d in ruled]
    places = [[t for p in d.evidence for t in scenes(p)] for d in drafts]
    news = next((k for k, d in enumerate(drafts) if d.role == "main"), 0)
    told: list[list[Passage]] = [[] for _ in drafts]
    last: tuple[int, Passage] | None = None
    for p in passages(document):
        here = own.get(id(p))
        heir = heirs[of_rules[id(p)]] if p.claims and id(p) in of_rules else None
        if here is not None:
            last = (here, p)
        if heir is None or (here is not None and elsewhere(places[here], places[heir])):
            heir = here
        if heir is None and p.claims:
            near = last is not None and last[1].paragraph == p.paragraph and p.sentence - last[1].sentence < 2
            heir = last[0] if last is not None and near else news
        if heir is not None:
            told[heir].append(p)
    return [replace(d, passages=mine or list(d.evidence)) for d, mine in zip(drafts, told, strict=True)]


def _heir(ruled: Draft, drafts: list[Draft], own: dict[int, int]) -> int | None:
    """The draft that most passages of one of the rules' drafts are in, one of the same role before others."""
    shared = Counter(k for p in ruled.passages if (k := own.get(id(p))) is not None)
    return max(shared, key=lambda k: (drafts[k].role == ruled.role, shared[k], -k), default=None)
