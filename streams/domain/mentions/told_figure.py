"""A figure as one mention tells it."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from streams.domain.extract.attribution import Source
from streams.domain.extract.found_claim import FoundClaim
from streams.domain.extract.passages import Passage
from streams.domain.mentions.person_tracking import Person

if TYPE_CHECKING:
    from streams.domain.extract.casualty_lexicon import What


@dataclass(slots=True, eq=False)
class ToldFigure:
    """One claim with its place in the text, its source, the person it is about, and its final kind."""

    claim: FoundClaim
    passage: Passage
    source: Source | None
    person: Person | None
    what: "What"

    @classmethod
    def of(cls, claim: FoundClaim, passage: Passage, source: Source | None, person: Person | None) -> "ToldFigure":
        """A claim of the kind that its own words say."""
        return cls(claim, passage, source, person, claim.what)
