-- Who do figures come from: officials, parties, witnesses?
-- param what = killed -- kind of figure: killed, injured, missing, displaced, ...
SELECT attribution_kind, count() AS claims, uniqExact(incident_id) AS incidents FROM claims
WHERE what = {what:String} GROUP BY attribution_kind ORDER BY claims DESC, attribution_kind
