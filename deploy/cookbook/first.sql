-- Who is first with the news?
-- param limit = 20 -- rows at most
SELECT publisher, count() AS first_with FROM first_reports GROUP BY publisher ORDER BY first_with DESC, publisher LIMIT {limit:UInt32}
