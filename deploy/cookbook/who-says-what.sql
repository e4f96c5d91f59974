-- Who says what about one incident?
-- param incident =  -- incident_id; empty: the one with most sources
SELECT what, min, max, of, attributed_to, attribution_kind, publisher, reported_at, text FROM claims
WHERE incident_id = if({incident:String} = '', (SELECT incident_id FROM incidents WHERE killed IS NOT NULL ORDER BY source_count DESC, killed DESC, incident_id LIMIT 1), {incident:String}) AND superseded = 0 ORDER BY what, reported_at, text
