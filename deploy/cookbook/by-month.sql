-- How many incidents in each month they happened?
-- param country =  -- ISO 3166-1 alpha-2 code; empty: all
-- param family =  -- first level of the ontology, such as explosions; empty: all
SELECT toStartOfMonth(assumeNotNull(time_start)) AS month, count() AS incidents, sum(killed) AS dead FROM incidents
WHERE time_start IS NOT NULL AND role IN ('main', 'follow-up') AND ({country:String} = '' OR country = {country:String}) AND ({family:String} = '' OR family = {family:String}) GROUP BY month ORDER BY month
