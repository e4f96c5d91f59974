-- Who do figures come from: officials, parties, witnesses?
-- param what = killed -- kind of figure: killed, injured, missing, displaced, ...
SELECT kind AS attribution_kind, sum(countEqual(kinds, kind)) AS claims, count() AS incidents FROM (
    SELECT arrayFilter((k, w) -> w = {what:String}, claim_attribution_kind, claim_what) AS kinds FROM incident FINAL WHERE merged_into = ''
) ARRAY JOIN arrayDistinct(kinds) AS kind GROUP BY kind ORDER BY claims DESC, attribution_kind
