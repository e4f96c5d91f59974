-- Who do figures come from: officials, parties, witnesses?
-- param what = killed -- kind of figure: killed, injured, missing, displaced, ...
SELECT kind AS attribution_kind, count() AS claims, uniqExact(id) AS incidents FROM (
    SELECT cityHash64(incident_id) AS id, claim_what, claim_attribution_kind FROM incident FINAL WHERE merged_into = ''
) ARRAY JOIN claim_what AS what, claim_attribution_kind AS kind
WHERE what = {what:String} GROUP BY kind ORDER BY claims DESC, attribution_kind
