-- Which alerts stand, and why?
-- param level =  -- info, warning or critical; empty: all
-- param limit = 20 -- rows at most
SELECT level, headline, reason, revision, changed_at FROM alerts
WHERE {level:String} = '' OR level = {level:String} ORDER BY changed_at DESC, alert_id LIMIT {limit:UInt32}
