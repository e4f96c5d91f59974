-- Which incidents cost most lives, with low, best and high?
-- param country =  -- ISO 3166-1 alpha-2 code; empty: all
-- param since = 1970-01-01 -- first day
-- param until = 2105-12-31 -- last day
-- param limit = 20 -- rows at most
SELECT title, country, killed_low, killed, killed_high, source_count FROM incidents
WHERE killed > 0 AND ({country:String} = '' OR country = {country:String}) AND toDate(last_changed) BETWEEN {since:Date} AND {until:Date}
ORDER BY killed DESC, incident_id LIMIT {limit:UInt32}
