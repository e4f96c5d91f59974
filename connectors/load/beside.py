"""What the loader stores of a topic's records, and what it works out beside: accounts, copies, moments, counts."""

from collections.abc import Mapping, Sequence

from connectors.load.accounts import Accounts
from connectors.load.copies import Copies
from connectors.load.moments import Moments
from connectors.load.statements import Columns
from connectors.load.tallies import Tallies
from connectors.sinks.contract import Store

Rows = tuple[str, Columns]  # of a table


class Beside:
    """Stores rows with all that follows from them; `tallies` count in their own time."""

    def __init__(self, store: Store) -> None:
        self._store, self._moments = store, Moments(store)
        self._accounts, self._copies, self.tallies = Accounts(store), Copies(store), Tallies(store)

    def insert(self, tables: Mapping[str, Columns]) -> list[Rows]:
        """Store the rows of one topic, table after table; what was stored. Raises RowsRefused or StoreAway."""
        stored = []
        for table in tables:
            columns = self._moments.settled(table, tables)
            self.tallies.note(table, columns)
            self._store.insert(table, columns)
            stored.append((table, columns))
        return stored

    def follow(self, stored: Sequence[Rows]) -> None:
        """Bring up to date what depends on rows that were stored. Raises RowsRefused or StoreAway."""
        self._accounts.follow(stored)
        self._copies.follow(stored)
