"""A member of an incident: what is kept of one mention."""

import base64
from dataclasses import dataclass, field, replace
from sys import intern

from schemas.codec import from_json
from schemas.records import Features, Mention
from schemas.topics import MENTION
from streams.domain.linking.state_codec import pack, unpack

PASSAGE = 400  # characters of each member's passage kept for the summary
NONE = Features()


@dataclass(slots=True)
class Member:
    """One mention as kept: its record without features and with a short passage, and the features apart.

    Features are hardly asked for once they are in the incident's profile: as soon as the member is stored they live on
    in what is stored alone, which the stage's table holds in any case.
    """

    mention: Mention
    score: float = 1.0
    came_from: tuple[str, ...] = ()  # the incidents that it was in and that were merged away, first to last
    profiled: bool = True  # whether the incident's profile counts it
    _features: Features | None = field(default=None, repr=False)
    _stored: bytes = field(default=b"", repr=False)

    @classmethod
    def of(cls, mention: Mention, score: float = 1.0) -> "Member":
        """The member that a mention becomes."""
        f = mention.features
        kept = replace(
            mention, features=NONE, read_from=(), passage=mention.passage[:PASSAGE], block=intern(mention.block),
            family=intern(mention.family), subtype=intern(mention.subtype), origin=intern(mention.origin),
        )  # fmt: skip
        return cls(kept, score, _features=replace(f, words=_shared(f.words)))

    @classmethod
    def restore(cls, stored: bytes) -> "Member":
        """The member that `dump` returned. Raises ValueError (CodecError among them) when it is not readable."""
        mention: Mention = from_json(unpack(stored)["mention"], MENTION.name)
        return cls(mention, _stored=stored)

    def dump(self) -> bytes:
        """The member as stored: all but its place in the incident."""
        if not self._stored:
            f = self.features
            row = {"mention": self.mention, "words": f.words, "names": f.names, "vector": f.vector}
            self._stored = pack(row, compressed=True)
            self._features = None
        return self._stored

    @property
    def features(self) -> Features:
        """What linking compares; decoded again from the stored bytes at each call."""
        if self._features is not None:
            return self._features
        row = unpack(self._stored)
        return Features(
            words=_shared(row["words"]),
            names=tuple(row["names"]),
            vector=row["vector"] and base64.b64decode(row["vector"]),
        )


def _shared(words: dict[str, int]) -> dict[str, int]:
    """The same with strings that are shared: most are held by hundreds of incidents."""
    return dict(zip(map(intern, words), words.values(), strict=True))
