-- Where do sources disagree most?
-- param what = killed -- kind of figure: killed, injured, missing, displaced, ...
-- param limit = 20 -- rows at most
SELECT title, country, low, best, high, sources, high - low AS apart FROM incident_figure
WHERE what = {what:String} AND merged_into = '' AND high > low ORDER BY apart DESC, incident_id LIMIT {limit:UInt32}
