-- Which incidents changed last?
-- param country =  -- ISO 3166-1 alpha-2 code; empty: all
-- param limit = 20 -- rows at most
SELECT last_changed, title, country, family, version FROM incidents
WHERE role IN ('main', 'follow-up') AND ({country:String} = '' OR country = {country:String}) ORDER BY last_changed DESC, incident_id LIMIT {limit:UInt32}
