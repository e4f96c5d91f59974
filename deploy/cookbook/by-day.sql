-- How many incidents on each day they happened?
-- param country =  -- ISO 3166-1 alpha-2 code; empty: all
-- param family =  -- first level of the ontology, such as explosions; empty: all
-- param since = 1970-01-01 -- first day
-- param until = 2105-12-31 -- last day
SELECT toDate(time_start) AS day, count() AS incidents, sum(killed) AS dead FROM incidents
WHERE time_start IS NOT NULL AND role IN ('main', 'follow-up') AND ({country:String} = '' OR country = {country:String}) AND ({family:String} = '' OR family = {family:String}) AND toDate(assumeNotNull(time_start)) BETWEEN {since:Date} AND {until:Date}
GROUP BY day ORDER BY day
