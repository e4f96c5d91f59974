-- How many independent origins stand behind one incident?
-- param incident =  -- incident_id; empty: the one with most sources
SELECT origin, documents, publishers, first_reported FROM origins WHERE incident_id = if({incident:String} = '', (SELECT incident_id FROM incidents WHERE killed IS NOT NULL ORDER BY source_count DESC, killed DESC, incident_id LIMIT 1), {incident:String}) ORDER BY first_reported, origin
