-- Who is first with the news?
-- param limit = 20 -- rows at most
SELECT publisher, count() AS first_with FROM (
    SELECT incident_id, argMin(publisher, reported_at) AS publisher FROM incident_mention WHERE superseded = 0 AND role IN ('main', 'follow-up') GROUP BY incident_id
) GROUP BY publisher ORDER BY first_with DESC, publisher LIMIT {limit:UInt32}
