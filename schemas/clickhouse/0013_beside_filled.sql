-- Fills the tables of 0011 from what is there, and lets views read them.

INSERT INTO article_by_time (fetched_at, article_id, domain, lang, feed, produced_ms)
SELECT fetched_at, article_id, domain, lang, feed, produced_ms FROM article;

INSERT INTO article_brief (article_id, domain, title, url, published_at, fetched_at, produced_ms)
SELECT article_id, domain, title, url, published_at, fetched_at, produced_ms FROM article;

INSERT INTO mention_by_time (reported_at, mention_id, role, family, subtype, country, domain, lang, produced_ms)
SELECT reported_at, mention_id, role, family, subtype, country, domain, lang, produced_ms FROM mention;

INSERT INTO change_by_time (produced_ms, incident_id, version, change_kind, change_document_id, change_text, last_changed)
SELECT produced_ms, incident_id, version, change_kind, change_document_id, change_text, last_changed
FROM incident_version;

INSERT INTO copy_link (copy_of, article_id, produced_ms) SELECT copy_of, article_id, produced_ms FROM copy;

-- slices: copy by article_id, 200000 rows
INSERT INTO copied (article_id, copy_of, kind, similarity, origin, domain, publisher, title, url, published_at,
    fetched_at, original_domain, original_title, original_url, original_published_at, original_fetched_at, known,
    produced_ms)
SELECT article_id, copy_of, kind, similarity, origin, domain, publisher, title, url, published_at, fetched_at,
    original_domain, original_title, original_url, original_published_at, original_fetched_at, known, produced_ms
FROM (SELECT * FROM copy FINAL WHERE article_id > {after} AND article_id <= {upto}) AS c
ALL LEFT JOIN (
    SELECT article_id AS copy_of, domain AS original_domain, title AS original_title, url AS original_url,
        published_at AS original_published_at, fetched_at AS original_fetched_at, 1 AS known
    FROM article_brief FINAL
    WHERE article_id IN (SELECT copy_of FROM copy WHERE article_id > {after} AND article_id <= {upto})
) AS o USING copy_of;

-- slices: account by incident_id, 200000 rows
INSERT INTO incident_first (incident_id, publisher, domain, told_at, written_us)
SELECT incident_id, argMin(publisher, tuple(reported_at, mention_id)), argMin(domain, tuple(reported_at, mention_id)),
    min(reported_at), 1
FROM account FINAL
WHERE here = 1 AND superseded = 0 AND role IN ('main', 'follow-up') AND incident_id > {after} AND incident_id <= {upto}
GROUP BY incident_id;

INSERT INTO merge_step (incident_id, merged_into, written_us)
SELECT incident_id, merged_into, 1 FROM incident FINAL WHERE merged_into != '';

-- Merges followed once; the views that follow them further read this one.
DROP TABLE IF EXISTS incident_survivor_1;
CREATE VIEW IF NOT EXISTS incident_survivor_1 AS
SELECT incident_id, merged_into AS survivor FROM merge_step FINAL WHERE merged_into != '';

-- Incidents that were merged away, and where each lives on.
CREATE VIEW IF NOT EXISTS incident_merged AS
SELECT incident_id, if(beyond = '', went, beyond) AS survivor
FROM (SELECT incident_id, survivor AS went FROM incident_survivor_4) AS a
ALL LEFT JOIN (SELECT incident_id AS went, survivor AS beyond FROM incident_survivor_4) AS b USING went;

-- Who told first of each incident that lives, as news and not in looking back.
CREATE VIEW IF NOT EXISTS first_reports AS
SELECT incident_id, publisher, domain, told_at FROM incident_first FINAL WHERE domain != '' OR publisher != '';

-- Every account of an incident by the time of its report, without its words: for counts over time.
CREATE VIEW IF NOT EXISTS reports AS
SELECT reported_at, mention_id, role, family, subtype, country, domain, lang FROM mention_by_time FINAL;

-- Who copied whom, how closely and how much later.
DROP TABLE IF EXISTS copies;
CREATE VIEW IF NOT EXISTS copies AS
SELECT article_id, domain, title, url, published_at, fetched_at, copy_of, kind, similarity, origin,
    original_domain, original_title, original_url, original_published_at,
    toInt64(toUInt32(ifNull(published_at, fetched_at)))
        - toInt64(toUInt32(ifNull(original_published_at, original_fetched_at))) AS lag_seconds
FROM copied FINAL WHERE known = 1;

-- Relations that hold, between incidents as they live on.
DROP TABLE IF EXISTS relations;
CREATE VIEW IF NOT EXISTS relations AS
SELECT relation_id, from_id, kind, to_id, score, reason, at, mention_id FROM (
    SELECT relation_id, from_id, kind, if(to_survivor = '', to_incident, to_survivor) AS to_id, score, reason, at,
        mention_id
    FROM (
        SELECT relation_id, if(from_survivor = '', from_incident, from_survivor) AS from_id, to_incident, kind, score,
            reason, at, mention_id
        FROM (SELECT * FROM relation FINAL WHERE active = 1) AS r
        ALL LEFT JOIN (SELECT incident_id AS from_incident, survivor AS from_survivor FROM incident_merged) AS f
            USING from_incident
    ) AS r
    ALL LEFT JOIN (SELECT incident_id AS to_incident, survivor AS to_survivor FROM incident_merged) AS t
        USING to_incident
) WHERE from_id != to_id;

-- What changed, for those who keep copies: ask for what is later than the greatest `produced_ms` that you have, fetch
-- `incident_id` anew, and drop `id` where the two differ, as it was merged into the other.
DROP TABLE IF EXISTS changes;
CREATE VIEW IF NOT EXISTS changes AS
SELECT produced_ms, changed_at, kind, id, if(survivor = '', id, survivor) AS incident_id, version, text FROM (
    SELECT produced_ms, changed_at, kind, id, version, text FROM (
        SELECT produced_ms, last_changed AS changed_at, change_kind AS kind, incident_id AS id, version,
            change_text AS text
        FROM change_by_time FINAL
        UNION ALL
        SELECT produced_ms, changed_at, 'retracted' AS kind, incident_id AS id, incident_version AS version,
            headline AS text
        FROM alert FINAL WHERE reason = 'retracted'
    )
) AS v
ALL LEFT JOIN (SELECT incident_id AS id, survivor FROM incident_merged) AS s USING id;

-- Counts by the hour and by the day: accounts of incidents by the time of the report, incidents by the time at which
-- they were first seen, articles and copies by the time at which they were fetched. All times are UTC.
CREATE VIEW IF NOT EXISTS types_hourly AS
SELECT hour, family, subtype, sum(r) AS reports, sum(i) AS incidents FROM (
    SELECT toStartOfHour(reported_at) AS hour, family, subtype, count() AS r, 0 AS i
    FROM mention_by_time FINAL GROUP BY hour, family, subtype
    UNION ALL
    SELECT toStartOfHour(first_seen) AS hour, family, subtype, 0 AS r, count() AS i
    FROM incident FINAL WHERE merged_into = '' GROUP BY hour, family, subtype
) GROUP BY hour, family, subtype;

CREATE VIEW IF NOT EXISTS types_daily AS
SELECT day, family, subtype, sum(r) AS reports, sum(i) AS incidents FROM (
    SELECT toDate(reported_at) AS day, family, subtype, count() AS r, 0 AS i
    FROM mention_by_time FINAL GROUP BY day, family, subtype
    UNION ALL
    SELECT toDate(first_seen) AS day, family, subtype, 0 AS r, count() AS i
    FROM incident FINAL WHERE merged_into = '' GROUP BY day, family, subtype
) GROUP BY day, family, subtype;

CREATE VIEW IF NOT EXISTS countries_hourly AS
SELECT hour, country, sum(r) AS reports, sum(i) AS incidents FROM (
    SELECT toStartOfHour(reported_at) AS hour, country, count() AS r, 0 AS i
    FROM mention_by_time FINAL GROUP BY hour, country
    UNION ALL
    SELECT toStartOfHour(first_seen) AS hour, country, 0 AS r, count() AS i
    FROM incident FINAL WHERE merged_into = '' GROUP BY hour, country
) GROUP BY hour, country;

CREATE VIEW IF NOT EXISTS countries_daily AS
SELECT day, country, sum(r) AS reports, sum(i) AS incidents FROM (
    SELECT toDate(reported_at) AS day, country, count() AS r, 0 AS i
    FROM mention_by_time FINAL GROUP BY day, country
    UNION ALL
    SELECT toDate(first_seen) AS day, country, 0 AS r, count() AS i
    FROM incident FINAL WHERE merged_into = '' GROUP BY day, country
) GROUP BY day, country;

CREATE VIEW IF NOT EXISTS sources_hourly AS
SELECT hour, domain, sum(a) AS articles, sum(c) AS copies, sum(r) AS reports FROM (
    SELECT toStartOfHour(fetched_at) AS hour, domain, count() AS a, 0 AS c, 0 AS r
    FROM article_by_time FINAL GROUP BY hour, domain
    UNION ALL
    SELECT toStartOfHour(fetched_at) AS hour, domain, 0 AS a, count() AS c, 0 AS r
    FROM copied FINAL GROUP BY hour, domain
    UNION ALL
    SELECT toStartOfHour(reported_at) AS hour, domain, 0 AS a, 0 AS c, count() AS r
    FROM mention_by_time FINAL GROUP BY hour, domain
) GROUP BY hour, domain;

CREATE VIEW IF NOT EXISTS sources_daily AS
SELECT day, domain, sum(a) AS articles, sum(c) AS copies, sum(r) AS reports FROM (
    SELECT toDate(fetched_at) AS day, domain, count() AS a, 0 AS c, 0 AS r
    FROM article_by_time FINAL GROUP BY day, domain
    UNION ALL
    SELECT toDate(fetched_at) AS day, domain, 0 AS a, count() AS c, 0 AS r
    FROM copied FINAL GROUP BY day, domain
    UNION ALL
    SELECT toDate(reported_at) AS day, domain, 0 AS a, 0 AS c, count() AS r
    FROM mention_by_time FINAL GROUP BY day, domain
) GROUP BY day, domain;

-- Every article by the time at which it was fetched, without its words: for counts over time.
CREATE VIEW IF NOT EXISTS arrivals AS
SELECT fetched_at, article_id, domain, lang, feed FROM article_by_time FINAL;
