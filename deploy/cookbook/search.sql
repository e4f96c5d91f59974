-- Which incidents speak of some words?
-- param words = earthquake -- words as they stand in title or summary, case ignored
-- param limit = 20 -- rows at most
SELECT incident_id, title, country, time_start, killed FROM incidents
WHERE positionCaseInsensitiveUTF8(concat(title, ' ', summary_text), {words:String}) > 0
ORDER BY last_changed DESC, incident_id LIMIT {limit:UInt32}
