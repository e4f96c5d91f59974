-- The later reported of two revisions of a story is the latest, whenever it was written: after a failure a stage writes
-- what it has written before once more, with a newer time of the broker.

DROP TABLE IF EXISTS mention_current;

-- `superseded` is 1 once a later revision of the same story or event has been read: its mentions stand in their place.
CREATE VIEW IF NOT EXISTS mention_current AS
SELECT *,
    document_id != latest_document OR (document_kind = 'event' AND mention_id != latest_mention) AS superseded
FROM (SELECT * FROM mention FINAL) AS m
ALL LEFT JOIN (
    SELECT story_id,
        argMax(document_id, tuple(reported_at, produced_ms, document_id)) AS latest_document,
        argMax(mention_id, tuple(reported_at, produced_ms, mention_id)) AS latest_mention
    FROM (SELECT * FROM mention FINAL) GROUP BY story_id
) AS s USING story_id;
