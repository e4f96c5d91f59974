-- Merges followed up to eight steps, by doubling; and a mention that joins and is split off in one millisecond stands
-- where the split put it; of two revisions of one millisecond the later reported is the latest.

DROP TABLE IF EXISTS incident_mention;
DROP TABLE IF EXISTS incident_survivor;
DROP TABLE IF EXISTS mention_current;

-- `superseded` is 1 once a later revision of the same story or event has been read: its mentions stand in their place.
CREATE VIEW IF NOT EXISTS mention_current AS
SELECT *,
    document_id != latest_document OR (document_kind = 'event' AND mention_id != latest_mention) AS superseded
FROM (SELECT * FROM mention FINAL) AS m
ALL LEFT JOIN (
    SELECT story_id,
        argMax(document_id, tuple(produced_ms, reported_at, document_id)) AS latest_document,
        argMax(mention_id, tuple(produced_ms, reported_at, mention_id)) AS latest_mention
    FROM (SELECT * FROM mention FINAL) GROUP BY story_id
) AS s USING story_id;

-- Each incident and where its merge leads: itself where it was not merged.
CREATE VIEW IF NOT EXISTS incident_survivor_1 AS
SELECT incident_id, if(merged_into = '', incident_id, merged_into) AS survivor FROM incident FINAL;

CREATE VIEW IF NOT EXISTS incident_survivor_2 AS
SELECT incident_id, if(beyond = '', went, beyond) AS survivor
FROM (SELECT incident_id, survivor AS went FROM incident_survivor_1) AS a
ALL LEFT JOIN (SELECT incident_id AS went, survivor AS beyond FROM incident_survivor_1) AS b USING went;

CREATE VIEW IF NOT EXISTS incident_survivor_4 AS
SELECT incident_id, if(beyond = '', went, beyond) AS survivor
FROM (SELECT incident_id, survivor AS went FROM incident_survivor_2) AS a
ALL LEFT JOIN (SELECT incident_id AS went, survivor AS beyond FROM incident_survivor_2) AS b USING went;

-- Where an incident lives on: itself, or the one that it was merged into in the end.
CREATE VIEW IF NOT EXISTS incident_survivor AS
SELECT incident_id, if(beyond = '', went, beyond) AS survivor
FROM (SELECT incident_id, survivor AS went FROM incident_survivor_4) AS a
ALL LEFT JOIN (SELECT incident_id AS went, survivor AS beyond FROM incident_survivor_4) AS b USING went;

-- Mentions of each incident: where the latest version that names a mention put it, merges followed.
CREATE VIEW IF NOT EXISTS incident_mention AS
SELECT survivor AS incident_id, mention_id, document_id, role, family, subtype, title, passage, url, domain, publisher,
    origin, lang, confidence, reported_at, superseded
FROM (
    SELECT mention_id, survivor
    FROM (
        SELECT change_mention_id AS mention_id,
            argMax(incident_id, produced_ms * 2 + (change_kind = 'split')) AS incident_id
        FROM incident_version FINAL WHERE change_mention_id != '' GROUP BY change_mention_id
    ) AS j
    ALL LEFT JOIN (SELECT incident_id, survivor FROM incident_survivor) AS v USING incident_id
) AS k
ALL INNER JOIN (SELECT * FROM mention_current) AS m USING mention_id;
