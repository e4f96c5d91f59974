-- What is an incident related to?
-- param limit = 20 -- rows at most
SELECT titles[1] AS title, kind, titles[2] AS to_title, score, reason FROM (
    SELECT relation_id, any(kind) AS kind, any(score) AS score, any(reason) AS reason, [anyIf(title, side = 1), anyIf(title, side = 2)] AS titles
    FROM (SELECT incident_id, title FROM incidents) AS i ALL INNER JOIN (
        SELECT relation_id, kind, score, reason, side, [from_id, to_id][side] AS incident_id FROM (
            SELECT relation_id, from_id, to_id, kind, score, reason FROM relations ORDER BY score DESC, relation_id LIMIT {limit:UInt32}
        ) ARRAY JOIN [1, 2] AS side
    ) AS r USING incident_id
    GROUP BY relation_id HAVING count() = 2
) ORDER BY score DESC, title, to_title
