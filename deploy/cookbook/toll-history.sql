-- How did the toll of one incident rise, report by report?
-- param incident =  -- incident_id; empty: the one with most sources
-- param what = killed -- kind of figure: killed, injured, missing, displaced, ...
SELECT reported_at, min, max, attributed_to, publisher, text FROM claim_history
WHERE incident_id = if({incident:String} = '', (SELECT incident_id FROM incidents WHERE killed IS NOT NULL ORDER BY source_count DESC, killed DESC, incident_id LIMIT 1), {incident:String}) AND what = {what:String} ORDER BY reported_at, mention_id
