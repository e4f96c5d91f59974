-- Views for people, by the names that one would guess: final state, merges followed, one row a thing, `incident_id`
-- and `article_id` the keys to join by. All times are UTC.

-- Incidents as they stand now; those that were merged away are left out, their accounts are in the one that lives on.
CREATE VIEW IF NOT EXISTS incidents AS
SELECT incident_id, title, family, subtype, country, admin1, place_name, lat, lon, place_precision,
    time_start, time_end, time_precision, severity, status, role,
    figure_low[indexOf(figure_what, 'killed')] AS killed_low,
    figure_best[indexOf(figure_what, 'killed')] AS killed,
    figure_high[indexOf(figure_what, 'killed')] AS killed_high,
    figure_low[indexOf(figure_what, 'injured')] AS injured_low,
    figure_best[indexOf(figure_what, 'injured')] AS injured,
    figure_high[indexOf(figure_what, 'injured')] AS injured_high,
    mention_count, article_count, source_count, origin_count, first_seen, last_changed, version,
    arrayStringConcat(summary, ' ') AS summary_text, actor_name, actor_role
FROM (SELECT * FROM incident FINAL) WHERE merged_into = '';

-- Figures of incidents as sources state them now: the latest of each source has `superseded` 0.
CREATE VIEW IF NOT EXISTS claims AS
SELECT incident_id, what, min, max, of, attributed_to, attribution_kind, stated_at, reported_at, text, superseded,
    publisher, domain, origin, url, document_id, mention_id, quote_start, quote_end, title, family, subtype, country
FROM (SELECT * FROM incident_claim) WHERE merged_into = '';

-- Every figure ever read, in the order told, with the incident that it belongs to now.
CREATE VIEW IF NOT EXISTS claim_history AS
SELECT incident_id, reported_at, what, min, max, of, attributed_to, attribution_kind, stated_at, text, publisher,
    domain, origin, url, mention_id, document_id, role, family, subtype, country, superseded
FROM (SELECT * FROM mention_claim) AS c
ALL INNER JOIN (SELECT mention_id, incident_id FROM incident_mention) AS i USING mention_id;

-- Articles as fetched; `copy_of` names the original where one only copies.
CREATE VIEW IF NOT EXISTS articles AS
SELECT article_id, title, publisher, domain, lang, published_at, fetched_at, url, byline, origin, feed, copy_of, body
FROM (SELECT * FROM article FINAL) AS a
ALL LEFT JOIN (SELECT article_id, copy_of FROM copy FINAL) AS c USING article_id;

-- Who copied whom, how closely and how much later.
CREATE VIEW IF NOT EXISTS copies AS
SELECT article_id, domain, title, url, published_at, fetched_at, copy_of, kind, similarity, origin,
    original_domain, original_title, original_url, original_published_at,
    toInt64(toUInt32(ifNull(published_at, fetched_at))) - toInt64(original_moment) AS lag_seconds
FROM (SELECT * FROM copy FINAL) AS c
ALL INNER JOIN (
    SELECT article_id AS copy_of, domain AS original_domain, title AS original_title, url AS original_url,
        published_at AS original_published_at, toUInt32(ifNull(published_at, fetched_at)) AS original_moment
    FROM article FINAL
) AS o USING copy_of;

-- Independent origins of each incident: an agency with all who printed it, or a publisher of its own.
CREATE VIEW IF NOT EXISTS origins AS
SELECT incident_id, origin, count() AS mentions, uniqExact(document_id) AS documents, uniqExact(domain) AS publishers,
    min(reported_at) AS first_reported, max(reported_at) AS last_reported
FROM (SELECT * FROM incident_mention) WHERE superseded = 0 GROUP BY incident_id, origin;

-- Alerts as they stand, one row an alert.
CREATE VIEW IF NOT EXISTS alerts AS
SELECT alert_id, level, headline, rule, reason, revision, family, subtype, severity, country, lat, lon,
    figure_best[indexOf(figure_what, 'killed')] AS killed, raised_at, changed_at, incident_id, incident_version
FROM (SELECT * FROM alert_current);

-- How often each rule has raised an alert.
CREATE VIEW IF NOT EXISTS rules_fired AS
SELECT rule, level, count() AS alerts, sum(revision) AS revisions, countIf(reason = 'retracted') AS retracted,
    min(raised_at) AS first_raised, max(changed_at) AS latest
FROM (SELECT * FROM alert_current) GROUP BY rule, level;

-- Relations that hold, between incidents as they live on.
CREATE VIEW IF NOT EXISTS relations AS
SELECT relation_id, from_id, kind, to_id, score, reason, at, mention_id FROM (
    SELECT relation_id, from_id, kind, if(to_survivor = '', to_incident, to_survivor) AS to_id, score, reason, at,
        mention_id
    FROM (
        SELECT relation_id, if(from_survivor = '', from_incident, from_survivor) AS from_id, to_incident, kind, score,
            reason, at, mention_id
        FROM (SELECT * FROM relation FINAL WHERE active = 1) AS r
        ALL LEFT JOIN (SELECT incident_id AS from_incident, survivor AS from_survivor FROM incident_survivor) AS f
            USING from_incident
    ) AS r
    ALL LEFT JOIN (SELECT incident_id AS to_incident, survivor AS to_survivor FROM incident_survivor) AS t
        USING to_incident
) WHERE from_id != to_id;

-- How each feed is doing now.
CREATE VIEW IF NOT EXISTS feeds AS
SELECT feed_id, name, title, status, reason, status_since, checked_at, last_success_at, last_item_at, items_day,
    items_usual, failures, unreadable_week, repeated_share, latency_seconds, lang, country
FROM (SELECT * FROM feed FINAL);

-- What could not be handled; the bytes themselves are in quarantine_current.
CREATE VIEW IF NOT EXISTS quarantined AS
SELECT quarantine_id, failed_at, stage, topic, kafka_partition, kafka_offset, error, reason, preview
FROM (SELECT * FROM quarantine FINAL);

-- What people have decided.
CREATE VIEW IF NOT EXISTS corrections AS
SELECT correction_id, at, action, incident_id, other_incident, mention_id, field_name, field_value, author, reason
FROM (SELECT * FROM correction FINAL);

-- What changed, for those who keep copies: ask for what is later than the greatest `produced_ms` that you have, fetch
-- `incident_id` anew, and drop `id` where the two differ, as it was merged into the other.
CREATE VIEW IF NOT EXISTS changes AS
SELECT produced_ms, changed_at, kind, id, survivor AS incident_id, version, text FROM (
    SELECT produced_ms, changed_at, kind, id, version, text FROM (
        SELECT produced_ms, last_changed AS changed_at, change_kind AS kind, incident_id AS id, version,
            change_text AS text
        FROM incident_version FINAL
        UNION ALL
        SELECT produced_ms, changed_at, 'retracted' AS kind, incident_id AS id, incident_version AS version,
            headline AS text
        FROM alert FINAL WHERE reason = 'retracted'
    )
) AS v
ALL LEFT JOIN (SELECT incident_id AS id, survivor FROM incident_survivor) AS s USING id;

-- What every topic, table, view and column means; filled from the contracts whenever they change.
CREATE TABLE IF NOT EXISTS codebook (
    kind String,
    name String,
    field String,
    type String,
    unit String,
    values Array(String),
    meaning String,
    since Int32
) ENGINE = ReplacingMergeTree ORDER BY (kind, name, field);
