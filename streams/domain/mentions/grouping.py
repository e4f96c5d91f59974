"""Groups a document's passages by the incident they report: each group is the draft of one mention, with its role."""

from streams.domain.extract.passages import Passage, passages
from streams.domain.mentions.draft import Draft
from streams.domain.mentions.grouping_rules import CAUSES, RULES
from streams.domain.mentions.grouping_state import Grouping, Placement, TimedPassage
from streams.domain.mentions.passage_role import RoleDecision, event_time, passage_roles
from streams.domain.text.document import Document, annotation


@annotation
def grouping(document: Document) -> Grouping:
    """The drafts of a document and where each passage went; no drafts when nothing happens in it."""
    state = Grouping(document.published)
    for p, decided in zip(passages(document), passage_roles(document), strict=True):
        _place(state, p, decided)
    _sum_up(state.drafts)
    return state


def _place(g: Grouping, p: Passage, decided: RoleDecision) -> None:
    """Place the next passage by the first rule that applies."""
    if g.before is not None and g.last is not None and g.last.passages[-1].sentence != p.sentence:
        g.last, g.before = g.before, None
    timed = TimedPassage(p, decided.role, None if decided.role == "none" else event_time(p))
    rule = next(rule for rule in RULES if rule.applies(g, timed))
    draft = rule.place(g, timed)
    g.placements.append(Placement(p, decided, rule.name, draft))
    if draft is None or decided.role == "none":
        return
    if all(d is not draft for d in g.drafts):
        g.drafts.append(draft.by(rule.name))
    if draft.role == "main" and g.main is None:
        g.main = draft
    if draft.role == "background" and p.link in CAUSES and draft is not g.last:
        g.before = g.before or g.last
    g.last = g.last if draft.role in ("statement", "aggregate") else draft


def _sum_up(drafts: list[Draft]) -> None:
    """A lead that sums up several incidents ("three explosions rocked the city") is an aggregate once they are distinguished."""
    mains = [d for d in drafts if d.role == "main"]
    if len(mains) > 2 and any(c.what == "attacks" for c in mains[0].passages[0].claims):
        mains[0].role = "aggregate"
        mains[0].by("sums up several incidents")
