"""A preview of what a correction will change in incidents, computed from their records before it is sent.

Figures are computed again from the claims, as linking does it. Reports and origins are counted by the claims that name
them; a report without figures is assumed to be in one of the incidents only, so a merge's counts are upper bounds. The
stage that carries out a correction has every mention and may choose another title, type or place.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from schemas.records import Incident, SourcedClaim
from streams.domain.linking.figures import claim_id, figures, supersede
from streams.domain.linking.incident import edited


@dataclass(frozen=True, slots=True)
class IncidentChange:
    """One incident before and after; `before` is None for a new one, `after` for one that is merged away."""

    before: Incident | None
    after: Incident | None


def preview_merge(gone: Incident, into: Incident) -> list[IncidentChange]:
    """`gone` is merged into `into`."""
    both = (*into.claims, *gone.claims)
    taken_back = _taken_back(into.claims) | _taken_back(gone.claims)
    common_reports = _documents(into.claims) & _documents(gone.claims)
    common_origins = _origins(into.claims) & _origins(gone.claims)
    common_papers = _papers(into.claims) & _papers(gone.claims)
    after = replace(
        _with_claims(into, both, taken_back),
        mention_count=into.mention_count + gone.mention_count,
        article_count=into.article_count + gone.article_count - len(common_reports),
        source_count=into.source_count + gone.source_count - len(common_papers),
        origin_count=into.origin_count + gone.origin_count - len(common_origins),
        severity=max(into.severity, gone.severity),
        first_seen=min(into.first_seen, gone.first_seen),
        last_changed=max(into.last_changed, gone.last_changed),
    )
    return [IncidentChange(into, after), IncidentChange(gone, None)]


def preview_split(now: Incident, taken: Collection[str]) -> list[IncidentChange]:
    """The mentions `taken` are split off into a new incident."""
    going = [c for c in now.claims if c.mention_id in taken]
    staying = [c for c in now.claims if c.mention_id not in taken]
    taken_back = _taken_back(now.claims)
    rest = replace(
        _with_claims(now, staying, taken_back),
        mention_count=now.mention_count - len(taken),
        article_count=now.article_count - len(_documents(going) - _documents(staying)),
    )
    new = replace(
        _with_claims(now, going, taken_back),
        incident_id="",
        mention_count=len(taken),
        article_count=len(_documents(going)),
        source_count=len(_papers(going)),
        origin_count=len(_origins(going)),
    )
    return [IncidentChange(now, rest), IncidentChange(None, new)]


def preview_edit(now: Incident, fields: Iterable[tuple[str, str]]) -> list[IncidentChange]:
    """Fields are set, as JSON; raises CodecError or ValueError when one does not fit.

    A field whose edit is removed ("") keeps its value here: the record does not hold the value that was read.
    """
    return [IncidentChange(now, edited(now, {name: value for name, value in fields if value}))]


def _with_claims(incident: Incident, claims: Iterable[SourcedClaim], taken_back: Collection[str]) -> Incident:
    """An incident of other claims; those of mentions taken back count nowhere."""
    standing = supersede(claims, taken_back)
    return replace(incident, claims=standing, figures=figures(standing))


def _taken_back(claims: Sequence[SourcedClaim]) -> set[str]:
    """Mentions that a revision took back: their claims are marked, though no later figure of their source supersedes them."""
    found: set[str] = set()
    while True:
        standing = {claim_id(c) for c in supersede(claims, found) if not c.superseded}
        more = {c.mention_id for c in claims if c.superseded and claim_id(c) in standing}
        if not more:
            return found
        found |= more


def _documents(claims: Iterable[SourcedClaim]) -> set[str]:
    return {c.document_id for c in claims}


def _origins(claims: Iterable[SourcedClaim]) -> set[str]:
    return {c.origin for c in claims}


def _papers(claims: Iterable[SourcedClaim]) -> set[str]:
    return {c.source.domain or c.origin for c in claims}
