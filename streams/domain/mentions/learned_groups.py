"""The groups of an article's passages that may each be a mention: likely passages, put together by incident."""

from collections.abc import Sequence
from functools import cache

import numpy as np
import numpy.typing as npt

from streams.domain.event_type.classifier import article_type_chances, type_model
from streams.domain.extract.passages import passages
from streams.domain.mentions.article_role import article_reading
from streams.domain.mentions.mention_chances import ArticleFacts, Group
from streams.domain.mentions.passage_chances import passage_vectors, title_vector
from streams.domain.mentions.reader_model import Linear
from streams.domain.mentions.same_incident import Facts, facts_of, links, together
from streams.domain.ontology.types import ontology
from streams.domain.text.document import Document, annotation
from streams.domain.text.embeddings import embed

Floats = npt.NDArray[np.float32]
TOP = 3  # passages that are the top of an article
MOST = 120  # passages of an article that are grouped; what comes later is no news


@cache
def _family_of_type() -> Floats:
    """Which family each type is of, shape (types, families)."""
    families = tuple(ontology().families)
    return np.array([[t.family == f for f in families] for t in ontology().types], dtype=np.float32)


@cache
def _calm_types() -> Floats:
    return np.array([not t.incident for t in ontology().types], dtype=np.float32)


@annotation
def article_facts(document: Document) -> ArticleFacts:
    """What is known of the article as a whole."""
    types = article_type_chances(document)
    found = passages(document)
    lead = passage_vectors(document)[:TOP]
    return ArticleFacts(
        types=types,
        families=types @ _family_of_type(),
        calm=float(types @ _calm_types()),
        sentences=found[-1].sentence + 1 if found else 1,
        title=title_vector(document),
        lead=lead.mean(axis=0) if len(lead) else embed([""])[0],
        published_day=document.published.toordinal(),
    )


def group_passages(
    document: Document, chances: Floats, pair: Linear | None, *, least: float, link: float
) -> list[Group]:
    """Groups in the order of their first passage, of passages that are likelier than `least` to be of some mention.

    Each passage is a group of its own without a model of pairs.
    """
    found = passages(document)
    drafts = article_reading(document).drafts
    of = {id(p): k for k, d in enumerate(drafts) for p in d.passages}
    likely = [n for n, p in enumerate(found) if 1 - chances[n, 0] > least or id(p) in of][:MOST]
    if not likely:
        return []
    vectors = passage_vectors(document)
    types = type_model().probabilities([found[n].text for n in likely], vectors[likely])
    families = types @ _family_of_type()
    told: list[Facts] = []
    for k, n in enumerate(likely):
        at = of.get(id(found[n]), -1)
        role = drafts[at].role if at >= 0 else ""
        told.append(facts_of(found[n], chances[n], vectors[n], families[k], at, role))
    linked = links(told, pair) if pair else np.zeros((len(told), len(told)), dtype=np.float32)
    linked += linked.T
    parted = together(told, linked, link) if pair else [[n] for n in range(len(told))]
    near = _nearest(linked, parted)
    return [Group([told[k] for k in g], types[g], near[n]) for n, g in enumerate(parted)]


def _nearest(linked: Floats, parted: Sequence[Sequence[int]]) -> list[float]:
    """For each group, its greatest mean link to another one; 0 where there is none."""
    member = np.zeros((len(parted), len(linked)), dtype=np.float32)
    for n, group in enumerate(parted):
        member[n, group] = 1 / len(group)
    means = member @ linked @ member.T
    np.fill_diagonal(means, 0)
    return [float(x) for x in means.max(axis=1)]
