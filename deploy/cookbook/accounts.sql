-- Which articles tell of one incident?
-- param incident =  -- incident_id; empty: the one with most sources
SELECT reported_at, publisher, role, title, url FROM incident_mention
WHERE incident_id = if({incident:String} = '', (SELECT incident_id FROM incidents WHERE killed IS NOT NULL ORDER BY source_count DESC, killed DESC, incident_id LIMIT 1), {incident:String}) AND superseded = 0 ORDER BY reported_at, mention_id
