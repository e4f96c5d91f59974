-- Which incidents turned out to be one?
-- param limit = 20 -- rows at most
SELECT changed_at, id, survivor AS incident_id, text FROM (
    SELECT DISTINCT last_changed AS changed_at, incident_id AS id, change_text AS text FROM change_by_time WHERE change_kind = 'merged'
) AS c ALL INNER JOIN (SELECT incident_id AS id, survivor FROM incident_merged) AS m USING id
ORDER BY changed_at DESC, id LIMIT {limit:UInt32}
