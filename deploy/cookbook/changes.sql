-- What changed since a moment, for a copy that is kept elsewhere?
-- param after = 0 -- the greatest produced_ms that you have; milliseconds since 1970
-- param limit = 1000 -- rows at most
SELECT produced_ms, kind, id, incident_id, version, text FROM changes
WHERE produced_ms > {after:UInt64} AND produced_ms <= (
    SELECT max(produced_ms) FROM (
        SELECT produced_ms FROM (
            SELECT produced_ms FROM change_by_time WHERE produced_ms > {after:UInt64}
            UNION ALL SELECT produced_ms FROM alert WHERE produced_ms > {after:UInt64} AND reason = 'retracted'
        ) ORDER BY produced_ms LIMIT {limit:UInt32}
    )
) ORDER BY produced_ms, id, version LIMIT {limit:UInt32}
