-- How many incidents of each kind?
-- param country =  -- ISO 3166-1 alpha-2 code; empty: all
-- param since = 1970-01-01 -- first day
-- param until = 2105-12-31 -- last day
SELECT family, count() AS incidents, sum(killed) AS dead FROM incidents
WHERE role IN ('main', 'follow-up') AND ({country:String} = '' OR country = {country:String}) AND toDate(last_changed) BETWEEN {since:Date} AND {until:Date}
GROUP BY family ORDER BY incidents DESC, family
