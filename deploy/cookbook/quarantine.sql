-- What could not be handled, by stage and reason?
-- empty on the sample: everything of the sample can be read
SELECT stage, topic, error, count() AS messages, max(failed_at) AS latest, any(reason) AS example FROM quarantined
GROUP BY stage, topic, error ORDER BY messages DESC, stage, topic, error
