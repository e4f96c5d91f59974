-- What is going on now, the gravest first?
-- param country =  -- ISO 3166-1 alpha-2 code; empty: all
-- param family =  -- first level of the ontology, such as explosions; empty: all
-- param limit = 20 -- rows at most
SELECT title, country, severity, killed, source_count, last_changed FROM incidents
WHERE status != 'closed' AND role IN ('main', 'follow-up') AND ({country:String} = '' OR country = {country:String}) AND ({family:String} = '' OR family = {family:String})
ORDER BY severity DESC, last_changed DESC, incident_id LIMIT {limit:UInt32}
