"""link: news.mention.v1 and news.correction.v1 to news.incident.v1 and news.relation.v1."""

from collections.abc import Iterable

from schemas.records import Correction, Mention
from schemas.topics import read_by
from streams.agents.stage import Outcome
from streams.domain.linking.corrections import correct
from streams.domain.linking.link import link
from streams.domain.linking.session import Linked
from streams.domain.linking.state import MOST_OPEN, LinkState


class LinkStage:
    """Joins mentions into incidents; keeps each open incident. A correction is sent to its incident's partition."""

    name = "link"
    reads = read_by("link")
    keeps_state = True

    def __init__(self, most_open: int = MOST_OPEN) -> None:
        """`most_open`: how many incidents of a partition may be open; beyond it the one longest unchanged closes."""
        self._most_open = most_open

    def restore(self, entries: Iterable[tuple[str, bytes]]) -> LinkState:
        """Open incidents, and corrections that wait for theirs."""
        return LinkState.restore(entries, self._most_open)

    def handle(self, state: LinkState, record: Mention | Correction) -> Outcome:
        """New versions of incidents and relations after this mention or correction."""
        state, linked = correct(state, record) if isinstance(record, Correction) else link(state, record)
        return Outcome(linked.outputs, self.entries(state, linked))

    def entries(self, state: LinkState, linked: Linked) -> dict[str, bytes | None]:
        """Entries to store, then entries to delete: a worker killed in between leaves too many, never too few."""
        return {**{key: state.dump(key) for key in linked.changed}, **dict.fromkeys(linked.expired)}
