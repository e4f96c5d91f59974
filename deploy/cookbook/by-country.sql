-- How many incidents and dead in each country?
-- param family =  -- first level of the ontology, such as explosions; empty: all
-- param since = 1970-01-01 -- first day
-- param until = 2105-12-31 -- last day
-- param limit = 20 -- rows at most
SELECT country, count() AS incidents, sum(killed) AS dead, max(severity) AS gravest FROM incidents
WHERE country != '' AND role IN ('main', 'follow-up') AND ({family:String} = '' OR family = {family:String}) AND toDate(last_changed) BETWEEN {since:Date} AND {until:Date}
GROUP BY country ORDER BY incidents DESC, country LIMIT {limit:UInt32}
