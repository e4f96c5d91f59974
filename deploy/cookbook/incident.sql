-- What is known of one incident?
-- param incident =  -- incident_id; empty: the one with most sources
SELECT incident_id, title, family, subtype, place_name, country, time_start, killed_low, killed, killed_high, injured,
    source_count, origin_count, status, summary_text FROM incidents WHERE incident_id = if({incident:String} = '', (SELECT incident_id FROM incidents WHERE killed IS NOT NULL ORDER BY source_count DESC, killed DESC, incident_id LIMIT 1), {incident:String})
