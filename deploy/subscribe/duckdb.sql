-- Incidents and claims with DuckDB, from the folder that `tocsin export archive` has written:
-- duckdb < duckdb.sql, in the folder that holds `archive`.
SELECT i.title, i.country, i.killed_low, i.killed, i.killed_high, count(DISTINCT c.origin) AS origins
FROM 'archive/incidents/*.parquet' AS i
LEFT JOIN 'archive/claims/*.parquet' AS c ON c.incident_id = i.incident_id AND c.what = 'killed' AND c.superseded = 0
GROUP BY ALL ORDER BY i.killed DESC NULLS LAST, i.title LIMIT 10;
