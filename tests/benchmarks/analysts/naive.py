"""The same claims in one plain table, each with all that is known of its report: what one would write first."""

import time

from connectors.load.accounts import CLAIM, COPIED
from connectors.sinks.contract import Store

SHARE = 4  # one in so many incidents
OF_REPORT = [name for name in COPIED if not name.startswith("claim_")]
QUESTIONS = {
    "claims of one incident": (
        "SELECT * FROM claim_history WHERE incident_id = '{}'",
        "SELECT * FROM naive_claim WHERE incident_id = '{}'",
    ),
    "reports by family and day": (
        "SELECT toDate(reported_at) AS day, family, count() FROM reports GROUP BY day, family",
        "SELECT toDate(reported_at) AS day, family, uniqExact(mention_id) FROM naive_claim GROUP BY day, family",
    ),
    "who is first": (
        "SELECT publisher, count() FROM first_reports GROUP BY publisher",
        (
            "SELECT publisher, count() FROM (SELECT incident_id, argMin(publisher, reported_at) AS publisher "
            "FROM naive_claim WHERE role IN ('main', 'follow-up') GROUP BY incident_id) GROUP BY publisher"
        ),
    ),
}


def beside_naive(store: Store) -> list[str]:
    """Lines of the report: loading, size and questions of both, the naive one over a share of the incidents."""
    share = f"cityHash64(incident_id) % {SHARE} = 0"
    kinds = {name: kind for name, kind, *_ in store.query("DESCRIBE TABLE account").rows}
    plain = [
        f"CAST({name} AS {kinds[name].replace('LowCardinality(String)', 'String')}) AS {name}" for name in OF_REPORT
    ]
    joined = ", ".join(f"claim_{name} AS {name}" for name in CLAIM)
    claims = (
        f"SELECT incident_id, {', '.join(OF_REPORT)}, {', '.join(CLAIM)} FROM account ARRAY JOIN {joined} WHERE {share}"
    )
    store.execute(
        f"CREATE TABLE naive_claim ENGINE = MergeTree ORDER BY tuple() EMPTY AS "
        f"SELECT incident_id, {', '.join(plain)}, {', '.join(CLAIM)} FROM ({claims})"
    )
    store.execute("CREATE TABLE ours_beside AS account")
    try:
        loads = {
            "ours: a row a report, claims in arrays": ("ours_beside", f"SELECT * FROM account WHERE {share}"),
            "naive: a row a claim": ("naive_claim", claims),
        }
        (number,) = store.query(f"SELECT count() FROM ({claims})").rows[0]
        lines = [f"{int(number):,} claims loaded from the same source:", ""]
        lines += ["| schema | claims a second of processor time | bytes a claim on disk |", "|---|---|---|"]
        for name, (table, select) in loads.items():
            began = time.process_time()
            store.execute(f"INSERT INTO {table} {select}")
            took = time.process_time() - began
            (size,) = store.query(
                f"SELECT sum(data_compressed_bytes) FROM system.parts WHERE active AND table = '{table}'"
            ).rows[0]
            lines.append(f"| {name} | {int(number) / took:,.0f} | {int(size) / int(number):,.0f} |")
        lines += ["", f"Questions, ours over everything, the naive one over one in {SHARE} incidents:", ""]
        lines += ["| question | ours, s of processor time | naive |", "|---|---|---|"]
        (usual,) = store.query(
            f"SELECT incident_id FROM account WHERE {share} GROUP BY incident_id "
            "ORDER BY abs(toInt64(count()) - 10), incident_id LIMIT 1"
        ).rows[0]
        for question, statements in QUESTIONS.items():
            taken = [_processor(store, sql.format(usual)) for sql in statements]
            lines.append(f"| {question} | {taken[0]:.2f} | {taken[1]:.2f} |")
        return [*lines, ""]
    finally:
        for table in ("naive_claim", "ours_beside"):
            store.execute(f"DROP TABLE {table}")


def _processor(store: Store, sql: str) -> float:
    taken = []
    for _ in range(2):
        began = time.process_time()
        store.query(sql)
        taken.append(time.process_time() - began)
    return min(taken)
