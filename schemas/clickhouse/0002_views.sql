-- `*_current` reads the final state: one row per record id, whatever was delivered twice or replaced.

CREATE VIEW IF NOT EXISTS article_current AS SELECT * FROM article FINAL;

CREATE VIEW IF NOT EXISTS feed_event_current AS SELECT * FROM feed_event FINAL;

CREATE VIEW IF NOT EXISTS original_current AS SELECT * FROM original FINAL;

CREATE VIEW IF NOT EXISTS copy_current AS SELECT * FROM copy FINAL;

CREATE VIEW IF NOT EXISTS incident_current AS SELECT * FROM incident FINAL;

CREATE VIEW IF NOT EXISTS incident_version_current AS SELECT * FROM incident_version FINAL;

CREATE VIEW IF NOT EXISTS relation_current AS SELECT * FROM relation FINAL;

CREATE VIEW IF NOT EXISTS correction_current AS SELECT * FROM correction FINAL;

CREATE VIEW IF NOT EXISTS quarantine_current AS SELECT * FROM quarantine FINAL;

CREATE VIEW IF NOT EXISTS alert_current AS
SELECT * FROM (SELECT * FROM alert FINAL) ORDER BY produced_ms DESC, revision DESC LIMIT 1 BY alert_id;

-- `superseded` is 1 once a later revision of the same story or event has been read: its mentions stand in their place.
CREATE VIEW IF NOT EXISTS mention_current AS
SELECT *,
    document_id != latest_document OR (document_kind = 'event' AND mention_id != latest_mention) AS superseded
FROM (SELECT * FROM mention FINAL) AS m
ALL LEFT JOIN (
    SELECT story_id, argMax(document_id, produced_ms) AS latest_document, argMax(mention_id, produced_ms) AS latest_mention
    FROM mention GROUP BY story_id
) AS s USING story_id;

-- Claims of every mention, one a row.
CREATE VIEW IF NOT EXISTS mention_claim AS
SELECT mention_id, n, what, min, max, of, attributed_to, attribution_kind, stated_at, quote_start, quote_end, text,
    document_id, family, subtype, role, country, url, domain, publisher, origin, reported_at, superseded
FROM (SELECT * FROM mention_current)
ARRAY JOIN arrayEnumerate(claim_what) AS n, claim_what AS what, claim_min AS min, claim_max AS max, claim_of AS of,
    claim_attributed_to AS attributed_to, claim_attribution_kind AS attribution_kind, claim_stated_at AS stated_at,
    claim_quote_start AS quote_start, claim_quote_end AS quote_end, claim_text AS text;

-- Claims of each incident side by side, with who stated them and who printed it.
CREATE VIEW IF NOT EXISTS incident_claim AS
SELECT incident_id, n, what, min, max, of, attributed_to, attribution_kind, stated_at, quote_start, quote_end, text,
    mention_id, document_id, url, domain, publisher, origin, reported_at, claim_superseded AS superseded,
    title, family, subtype, country, merged_into
FROM (SELECT * FROM incident FINAL)
ARRAY JOIN arrayEnumerate(claim_what) AS n, claim_what AS what, claim_min AS min, claim_max AS max, claim_of AS of,
    claim_attributed_to AS attributed_to, claim_attribution_kind AS attribution_kind, claim_stated_at AS stated_at,
    claim_quote_start AS quote_start, claim_quote_end AS quote_end, claim_text AS text, claim_mention_id AS mention_id,
    claim_document_id AS document_id, claim_url AS url, claim_domain AS domain, claim_publisher AS publisher,
    claim_origin AS origin, claim_reported_at AS reported_at, claim_superseded;

-- Low, best and high of each kind of figure of each incident.
CREATE VIEW IF NOT EXISTS incident_figure AS
SELECT incident_id, what, low, best, high, sources, title, family, subtype, country, time_start, severity, status,
    role, origin_count, last_changed, merged_into
FROM (SELECT * FROM incident FINAL)
ARRAY JOIN figure_what AS what, figure_low AS low, figure_best AS best, figure_high AS high, figure_sources AS sources;

-- The same figures as they stood after each version: how a toll rose.
CREATE VIEW IF NOT EXISTS incident_figure_history AS
SELECT incident_id, version, what, low, best, high, sources, last_changed, change_kind, change_text
FROM (SELECT * FROM incident_version FINAL)
ARRAY JOIN figure_what AS what, figure_low AS low, figure_best AS best, figure_high AS high, figure_sources AS sources;

-- Where an incident lives on: itself, or the one it was merged into, twice over.
CREATE VIEW IF NOT EXISTS incident_survivor AS
SELECT incident_id, if(next = '', incident_id, if(beyond = '', next, beyond)) AS survivor
FROM (SELECT incident_id, merged_into AS next FROM incident FINAL) AS a
ALL LEFT JOIN (SELECT incident_id AS next, merged_into AS beyond FROM incident FINAL) AS b USING next;

-- Mentions of each incident: where the latest version that names a mention put it, merges followed.
CREATE VIEW IF NOT EXISTS incident_mention AS
SELECT survivor AS incident_id, mention_id, document_id, role, family, subtype, title, passage, url, domain, publisher,
    origin, lang, confidence, reported_at, superseded
FROM (
    SELECT mention_id, survivor
    FROM (
        SELECT change_mention_id AS mention_id, argMax(incident_id, produced_ms) AS incident_id
        FROM incident_version FINAL WHERE change_mention_id != '' GROUP BY change_mention_id
    ) AS j
    ALL LEFT JOIN (SELECT incident_id, survivor FROM incident_survivor) AS v USING incident_id
) AS k
ALL INNER JOIN (SELECT * FROM mention_current) AS m USING mention_id;

-- How far each original travelled.
CREATE VIEW IF NOT EXISTS original_copies AS
SELECT article_id, story_id, reason, title, domain, origin, published_at, copies, exact_copies, copy_domain, copy_url
FROM (SELECT * FROM original FINAL) AS o
ALL LEFT JOIN (
    SELECT copy_of AS article_id, count() AS copies, countIf(kind = 'exact') AS exact_copies,
        groupArray(domain) AS copy_domain, groupArray(url) AS copy_url
    FROM copy FINAL GROUP BY copy_of
) AS c USING article_id;
