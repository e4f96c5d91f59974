-- What changed since a moment, for a copy that is kept elsewhere?
-- param after = 0 -- the greatest produced_ms that you have; milliseconds since 1970
-- param limit = 1000 -- rows at most
SELECT produced_ms, kind, id, incident_id, version, text FROM changes
WHERE produced_ms > {after:UInt64} ORDER BY produced_ms, id, version LIMIT {limit:UInt32}
