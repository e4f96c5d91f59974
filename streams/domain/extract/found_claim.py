"""A claim found in a sentence: the figure, its kind and its quote."""

from typing import Literal, NamedTuple

from streams.domain.extract.casualty_lexicon import What
from streams.domain.extract.counted_parties import PartyKind

ClaimKind = PartyKind | Literal["part"]


class FoundClaim(NamedTuple):
    """A figure: inclusive bounds (None where not given), what was counted, and its quote as offsets into the text.

    kind: that of the party (`count`, `one`, `kin`, `name`, `known`, `self`), `part` for those who make up a number; act:
    offset of the word of harm; word: that word, such as "shot"; sure: how likely it is a figure to report; ruled: the rules
    of grammar say so, not the model alone.
    """

    what: What
    low: int | None
    high: int | None
    of: str
    start: int
    end: int
    act: int
    kind: ClaimKind
    word: str
    sure: float = 1.0
    ruled: bool = True

    @property
    def known(self) -> bool:
        """Said of someone already spoken of ("the victim died")."""
        return self.kind == "known"
