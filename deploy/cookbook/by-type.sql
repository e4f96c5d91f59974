-- How many incidents of each type within one family?
-- param family =  -- first level of the ontology, such as explosions; empty: all
-- param country =  -- ISO 3166-1 alpha-2 code; empty: all
-- param limit = 20 -- rows at most
SELECT concat(family, '/', subtype) AS type, count() AS incidents, sum(killed) AS dead FROM incidents
WHERE role IN ('main', 'follow-up') AND ({family:String} = '' OR family = {family:String}) AND ({country:String} = '' OR country = {country:String}) GROUP BY type ORDER BY incidents DESC, type LIMIT {limit:UInt32}
