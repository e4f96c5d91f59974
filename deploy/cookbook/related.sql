-- What is an incident related to?
-- param limit = 20 -- rows at most
SELECT title, kind, to_title, score, reason FROM (
    SELECT title, kind, to_id, score, reason FROM (
        SELECT from_id AS incident_id, kind, to_id, score, reason FROM relations ORDER BY score DESC, relation_id LIMIT {limit:UInt32}
    ) AS r ALL INNER JOIN (
        SELECT incident_id, title FROM incidents WHERE incident_id IN (SELECT from_id FROM relations ORDER BY score DESC, relation_id LIMIT {limit:UInt32})
    ) AS i USING incident_id
) AS r ALL INNER JOIN (
    SELECT incident_id AS to_id, title AS to_title FROM incidents WHERE incident_id IN (SELECT to_id FROM relations ORDER BY score DESC, relation_id LIMIT {limit:UInt32})
) AS t USING to_id
ORDER BY score DESC, title, to_title LIMIT {limit:UInt32}
