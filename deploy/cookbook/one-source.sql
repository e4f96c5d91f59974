-- Which grave incidents stand on one origin alone?
-- param severity = 3 -- least severity, 0 to 5
-- param limit = 20 -- rows at most
SELECT title, country, severity, killed, article_count, last_changed FROM incidents
WHERE origin_count = 1 AND severity >= {severity:UInt8} AND role IN ('main', 'follow-up') ORDER BY severity DESC, last_changed DESC, incident_id LIMIT {limit:UInt32}
