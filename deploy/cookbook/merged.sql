-- Which incidents turned out to be one?
-- param limit = 20 -- rows at most
SELECT changed_at, id, incident_id, text FROM changes
WHERE produced_ms IN (SELECT produced_ms FROM change_by_time WHERE change_kind = 'merged') AND kind = 'merged' AND id != incident_id
ORDER BY changed_at DESC, id LIMIT {limit:UInt32}
