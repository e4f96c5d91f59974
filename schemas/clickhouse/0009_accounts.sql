-- What the questions about one incident read: `account`, the mentions of each incident side by side on disk. The loader
-- writes it anew for every mention that a batch touches (connectors/load/accounts.py): from `placement`, the incident
-- that a mention was put in last, from `story_mention`, whether a later revision stands in its place, and from merges.
-- A mention that moves on leaves a row with `here` 0 behind.
-- once: b4a45624b5641412d59e7665ff2eecc7e393c613e9bcb44d4338056ca5b3aa16

CREATE TABLE IF NOT EXISTS placement (
    mention_id String,
    incident_id String,
    by_split UInt8,
    produced_ms UInt64,
    placed UInt64 DEFAULT produced_ms * 2 + by_split,
    loaded_at DateTime('UTC') DEFAULT now()
) ENGINE = ReplacingMergeTree(placed) ORDER BY mention_id SETTINGS index_granularity = 1024;

CREATE TABLE IF NOT EXISTS story_mention (
    story_id String,
    mention_id String,
    document_id String,
    reported_at DateTime('UTC'),
    produced_ms UInt64,
    loaded_at DateTime('UTC') DEFAULT now()
) ENGINE = ReplacingMergeTree(produced_ms) ORDER BY (story_id, mention_id) SETTINGS index_granularity = 1024;

CREATE TABLE IF NOT EXISTS account (
    incident_id String,
    mention_id String,
    here UInt8,
    superseded UInt8,
    document_id String,
    role String,
    family String,
    subtype String,
    country String,
    claim_what Array(String),
    claim_min Array(Nullable(Int64)),
    claim_max Array(Nullable(Int64)),
    claim_of Array(String),
    claim_attributed_to Array(String),
    claim_attribution_kind Array(String),
    claim_stated_at Array(Nullable(DateTime('UTC'))),
    claim_text Array(String),
    passage String,
    confidence Float64,
    title String,
    url String,
    domain String,
    publisher String,
    origin String,
    lang String,
    reported_at DateTime('UTC'),
    written_us UInt64,
    loaded_at DateTime('UTC') DEFAULT now()
) ENGINE = ReplacingMergeTree(written_us) ORDER BY (incident_id, mention_id) SETTINGS index_granularity = 1024;

-- Under which incidents a mention has rows in `account`.
CREATE TABLE IF NOT EXISTS account_home (
    mention_id String,
    incident_id String,
    written_us UInt64,
    loaded_at DateTime('UTC') DEFAULT now()
) ENGINE = ReplacingMergeTree(written_us) ORDER BY (mention_id, incident_id) SETTINGS index_granularity = 1024;

-- Merges followed up to eight steps, by doubling, among those that were merged alone.
DROP TABLE IF EXISTS incident_survivor;
DROP TABLE IF EXISTS incident_survivor_4;
DROP TABLE IF EXISTS incident_survivor_2;
DROP TABLE IF EXISTS incident_survivor_1;

CREATE VIEW IF NOT EXISTS incident_survivor_1 AS
SELECT incident_id, merged_into AS survivor FROM incident FINAL WHERE merged_into != '';

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
SELECT incident_id, if(lives = '', incident_id, lives) AS survivor
FROM (SELECT incident_id FROM incident FINAL) AS i
ALL LEFT JOIN (
    SELECT incident_id, if(beyond = '', went, beyond) AS lives
    FROM (SELECT incident_id, survivor AS went FROM incident_survivor_4) AS a
    ALL LEFT JOIN (SELECT incident_id AS went, survivor AS beyond FROM incident_survivor_4) AS b USING went
) AS s USING incident_id;

INSERT INTO placement (mention_id, incident_id, by_split, produced_ms)
SELECT change_mention_id, incident_id, change_kind = 'split', produced_ms FROM incident_version
WHERE change_mention_id != '';

INSERT INTO story_mention (story_id, mention_id, document_id, reported_at, produced_ms)
SELECT story_id, mention_id, document_id, reported_at, produced_ms FROM mention;

-- Mentions are copied in slices, so that memory does not grow with them: what is joined to a slice are ids alone.
CREATE TABLE IF NOT EXISTS merged_before (
    incident_id String,
    lives String,
    loaded_at DateTime('UTC') DEFAULT now()
) ENGINE = ReplacingMergeTree(loaded_at) ORDER BY incident_id;

INSERT INTO merged_before (incident_id, lives)
SELECT incident_id, if(beyond = '', went, beyond) AS lives
FROM (SELECT incident_id, survivor AS went FROM incident_survivor_4) AS a
ALL LEFT JOIN (SELECT incident_id AS went, survivor AS beyond FROM incident_survivor_4) AS b USING went;

-- slices: placement by mention_id, 200000 rows
INSERT INTO account (incident_id, mention_id, here, superseded, document_id, role, family, subtype, country, claim_what,
    claim_min, claim_max, claim_of, claim_attributed_to, claim_attribution_kind, claim_stated_at, claim_text, passage,
    confidence, title, url, domain, publisher, origin, lang, reported_at, written_us)
SELECT incident_id, mention_id, 1,
    document_id != latest_document OR (document_kind = 'event' AND mention_id != latest_mention), document_id, role,
    family, subtype, country, claim_what, claim_min, claim_max, claim_of, claim_attributed_to, claim_attribution_kind,
    claim_stated_at, claim_text, passage, confidence, title, url, domain, publisher, origin, lang, reported_at, 1
FROM (
    SELECT mention_id, story_id, document_kind, document_id, role, family, subtype, country, claim_what, claim_min,
        claim_max, claim_of, claim_attributed_to, claim_attribution_kind, claim_stated_at, claim_text, passage,
        confidence, title, url, domain, publisher, origin, lang, reported_at, incident_id
    FROM (SELECT * FROM mention FINAL WHERE mention_id > {after} AND mention_id <= {upto}) AS m
    ALL INNER JOIN (
        SELECT mention_id, if(lives = '', put_in, lives) AS incident_id
        FROM (
            SELECT mention_id, incident_id AS put_in FROM placement FINAL
            WHERE mention_id > {after} AND mention_id <= {upto}
        ) AS p
        ALL LEFT JOIN (SELECT incident_id AS put_in, lives FROM merged_before FINAL) AS v USING put_in
    ) AS k USING mention_id
) AS h
ALL LEFT JOIN (
    SELECT story_id, argMax(document_id, tuple(produced_ms, reported_at, document_id)) AS latest_document,
        argMax(mention_id, tuple(produced_ms, reported_at, mention_id)) AS latest_mention
    FROM story_mention FINAL
    WHERE story_id IN (SELECT story_id FROM mention WHERE mention_id > {after} AND mention_id <= {upto})
    GROUP BY story_id
) AS s USING story_id;

INSERT INTO account_home (mention_id, incident_id, written_us) SELECT mention_id, incident_id, 1 FROM account;

-- The second is there on a cluster, where a table is two.
DROP TABLE IF EXISTS merged_before;
DROP TABLE IF EXISTS merged_before_local;

-- Accounts of each incident, merges followed.
DROP TABLE IF EXISTS incident_mention;
CREATE VIEW IF NOT EXISTS incident_mention AS
SELECT incident_id, mention_id, document_id, role, family, subtype, title, passage, url, domain, publisher, origin,
    lang, confidence, reported_at, superseded
FROM (SELECT * FROM account FINAL) WHERE here = 1;

-- Every figure ever read, in the order told, with the incident that it belongs to now.
DROP TABLE IF EXISTS claim_history;
CREATE VIEW IF NOT EXISTS claim_history AS
SELECT incident_id, reported_at, what, min, max, of, attributed_to, attribution_kind, stated_at, text, publisher,
    domain, origin, url, mention_id, document_id, role, family, subtype, country, superseded
FROM (SELECT * FROM account FINAL)
ARRAY JOIN claim_what AS what, claim_min AS min, claim_max AS max, claim_of AS of,
    claim_attributed_to AS attributed_to, claim_attribution_kind AS attribution_kind, claim_stated_at AS stated_at,
    claim_text AS text
WHERE here = 1;
