-- Which incidents turned out to be one?
-- param limit = 20 -- rows at most
-- empty on the sample: no two incidents of it turn out to be one
SELECT changed_at, id, incident_id, text FROM changes WHERE kind = 'merged' ORDER BY changed_at DESC, id LIMIT {limit:UInt32}
