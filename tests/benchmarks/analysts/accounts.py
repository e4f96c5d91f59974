"""Accounts of generated news, in slices that fit into memory: what the loader works out batch by batch."""

from connectors.load.accounts import COPIED
from connectors.sinks.contract import Store

SLICES = 16


def fill_accounts(store: Store, slices: int = SLICES) -> None:
    """Fill `placement`, `story_mention`, `account` and `account_home` from the other tables."""
    names = ", ".join(COPIED)
    for n in range(slices):
        part = f"cityHash64(mention_id) % {slices} = {n}"
        store.execute(
            "INSERT INTO placement (mention_id, incident_id, by_split, produced_ms) "
            "SELECT change_mention_id, incident_id, change_kind = 'split', produced_ms FROM incident_version "
            f"WHERE cityHash64(change_mention_id) % {slices} = {n}"
        )
        store.execute(
            "INSERT INTO story_mention (story_id, mention_id, document_id, reported_at, produced_ms) "
            f"SELECT story_id, mention_id, document_id, reported_at, produced_ms FROM mention WHERE {part}"
        )
        home = f"""
            SELECT mention_id, if(survivor = '', incident_id, survivor) AS incident_id
            FROM (SELECT mention_id, incident_id FROM placement WHERE {part}) AS p
            ALL LEFT JOIN (SELECT incident_id, survivor FROM incident_survivor_4) AS s USING incident_id"""
        store.execute(f"""
            INSERT INTO account (incident_id, here, written_us, {names})
            SELECT incident_id, 1, 1, {names}
            FROM (SELECT {names} FROM mention WHERE {part}) AS m ALL INNER JOIN ({home}) AS h USING mention_id
        """)
        store.execute(f"INSERT INTO account_home (mention_id, incident_id, written_us) SELECT *, 1 FROM ({home})")
