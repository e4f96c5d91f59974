-- Fills the tables of 0014 from what is there, and lets views read them. A record that came with several times before
-- this file stays counted at each until it comes again.
-- once: eef2baed9dc0162309f8aa11e284d6b1f05afa92e74fe6b206f212b481d5f2f4

INSERT INTO copy_by_time (fetched_at, article_id, domain, produced_ms)
SELECT fetched_at, article_id, domain, produced_ms FROM copy;

INSERT INTO incident_by_time (first_seen, incident_id, family, subtype, country, produced_ms, gone)
SELECT first_seen, incident_id, family, subtype, country, produced_ms, merged_into != '' FROM incident FINAL;

-- slices: mention_by_time by day of reported_at, 200000 rows
INSERT INTO article_tally_hour (dimension, hour, name, detail, articles, copies, reports, written_us)
SELECT dimension, hour, name, detail, sum(articles), sum(copies), sum(reports),
    {now_us}
FROM (
    SELECT 'source' AS dimension, toStartOfHour(fetched_at) AS hour, toString(domain) AS name, '' AS detail,
        count() AS articles, toUInt64(0) AS copies, toUInt64(0) AS reports
    FROM article_by_time FINAL WHERE gone = 0 AND fetched_at >= {after} AND fetched_at < {upto} GROUP BY hour, name, detail
    UNION ALL
    SELECT 'source' AS dimension, toStartOfHour(fetched_at) AS hour, toString(domain) AS name, '' AS detail,
        toUInt64(0) AS articles, count() AS copies, toUInt64(0) AS reports
    FROM copy_by_time FINAL WHERE gone = 0 AND fetched_at >= {after} AND fetched_at < {upto} GROUP BY hour, name, detail
    UNION ALL
    SELECT 'source' AS dimension, toStartOfHour(reported_at) AS hour, toString(domain) AS name, '' AS detail,
        toUInt64(0) AS articles, toUInt64(0) AS copies, count() AS reports
    FROM mention_by_time FINAL WHERE gone = 0 AND reported_at >= {after} AND reported_at < {upto} GROUP BY hour, name, detail
    UNION ALL
    SELECT 'type' AS dimension, toStartOfHour(reported_at) AS hour, toString(family) AS name, toString(subtype) AS detail,
        toUInt64(0) AS articles, toUInt64(0) AS copies, count() AS reports
    FROM mention_by_time FINAL WHERE gone = 0 AND reported_at >= {after} AND reported_at < {upto} GROUP BY hour, name, detail
    UNION ALL
    SELECT 'country' AS dimension, toStartOfHour(reported_at) AS hour, toString(country) AS name, '' AS detail,
        toUInt64(0) AS articles, toUInt64(0) AS copies, count() AS reports
    FROM mention_by_time FINAL WHERE gone = 0 AND reported_at >= {after} AND reported_at < {upto} GROUP BY hour, name, detail
) GROUP BY dimension, hour, name, detail;

-- slices: article_tally_hour by day of hour, 1000000 rows
INSERT INTO article_tally_day (dimension, day, name, detail, articles, copies, reports, written_us)
SELECT dimension, toDate(hour) AS day, name, detail, sum(articles), sum(copies), sum(reports),
    {now_us}
FROM article_tally_hour FINAL WHERE hour >= {after} AND hour < {upto} GROUP BY dimension, day, name, detail;

-- slices: incident_by_time by day of first_seen, 200000 rows
INSERT INTO incident_tally_hour (dimension, hour, name, detail, incidents, written_us)
SELECT dimension, hour, name, detail, sum(incidents),
    {now_us}
FROM (
    SELECT 'type' AS dimension, toStartOfHour(first_seen) AS hour, toString(family) AS name, toString(subtype) AS detail,
        count() AS incidents
    FROM incident_by_time FINAL WHERE gone = 0 AND first_seen >= {after} AND first_seen < {upto} GROUP BY hour, name, detail
    UNION ALL
    SELECT 'country' AS dimension, toStartOfHour(first_seen) AS hour, toString(country) AS name, '' AS detail,
        count() AS incidents
    FROM incident_by_time FINAL WHERE gone = 0 AND first_seen >= {after} AND first_seen < {upto} GROUP BY hour, name, detail
) GROUP BY dimension, hour, name, detail;

-- slices: incident_tally_hour by day of hour, 1000000 rows
INSERT INTO incident_tally_day (dimension, day, name, detail, incidents, written_us)
SELECT dimension, toDate(hour) AS day, name, detail, sum(incidents),
    {now_us}
FROM incident_tally_hour FINAL WHERE hour >= {after} AND hour < {upto} GROUP BY dimension, day, name, detail;

-- Every account of an incident by the time of its report, without its words: for counts over time.
DROP TABLE IF EXISTS reports;
CREATE VIEW IF NOT EXISTS reports AS
SELECT reported_at, mention_id, role, family, subtype, country, domain, lang FROM mention_by_time FINAL WHERE gone = 0;

-- Every article by the time at which it was fetched, without its words: for counts over time.
DROP TABLE IF EXISTS arrivals;
CREATE VIEW IF NOT EXISTS arrivals AS
SELECT fetched_at, article_id, domain, lang, feed FROM article_by_time FINAL WHERE gone = 0;

-- Counts by the hour and by the day, as the loader keeps them: accounts of incidents by the time of the report,
-- incidents by the time at which they were first seen, articles and copies by the time at which they were fetched. All
-- times are UTC.
DROP TABLE IF EXISTS types_hourly;
CREATE VIEW IF NOT EXISTS types_hourly AS
SELECT hour, family, subtype, sum(r) AS reports, sum(i) AS incidents FROM (
    SELECT hour, name AS family, detail AS subtype, reports AS r, toUInt64(0) AS i
    FROM article_tally_hour FINAL WHERE dimension = 'type' AND reports > 0
    UNION ALL
    SELECT hour, name AS family, detail AS subtype, toUInt64(0) AS r, incidents AS i
    FROM incident_tally_hour FINAL WHERE dimension = 'type' AND incidents > 0
) GROUP BY hour, family, subtype;

DROP TABLE IF EXISTS types_daily;
CREATE VIEW IF NOT EXISTS types_daily AS
SELECT day, family, subtype, sum(r) AS reports, sum(i) AS incidents FROM (
    SELECT day, name AS family, detail AS subtype, reports AS r, toUInt64(0) AS i
    FROM article_tally_day FINAL WHERE dimension = 'type' AND reports > 0
    UNION ALL
    SELECT day, name AS family, detail AS subtype, toUInt64(0) AS r, incidents AS i
    FROM incident_tally_day FINAL WHERE dimension = 'type' AND incidents > 0
) GROUP BY day, family, subtype;

DROP TABLE IF EXISTS countries_hourly;
CREATE VIEW IF NOT EXISTS countries_hourly AS
SELECT hour, country, sum(r) AS reports, sum(i) AS incidents FROM (
    SELECT hour, name AS country, reports AS r, toUInt64(0) AS i
    FROM article_tally_hour FINAL WHERE dimension = 'country' AND reports > 0
    UNION ALL
    SELECT hour, name AS country, toUInt64(0) AS r, incidents AS i
    FROM incident_tally_hour FINAL WHERE dimension = 'country' AND incidents > 0
) GROUP BY hour, country;

DROP TABLE IF EXISTS countries_daily;
CREATE VIEW IF NOT EXISTS countries_daily AS
SELECT day, country, sum(r) AS reports, sum(i) AS incidents FROM (
    SELECT day, name AS country, reports AS r, toUInt64(0) AS i
    FROM article_tally_day FINAL WHERE dimension = 'country' AND reports > 0
    UNION ALL
    SELECT day, name AS country, toUInt64(0) AS r, incidents AS i
    FROM incident_tally_day FINAL WHERE dimension = 'country' AND incidents > 0
) GROUP BY day, country;

DROP TABLE IF EXISTS sources_hourly;
CREATE VIEW IF NOT EXISTS sources_hourly AS
SELECT hour, name AS domain, articles, copies, reports
FROM article_tally_hour FINAL WHERE dimension = 'source' AND articles + copies + reports > 0;

DROP TABLE IF EXISTS sources_daily;
CREATE VIEW IF NOT EXISTS sources_daily AS
SELECT day, name AS domain, articles, copies, reports
FROM article_tally_day FINAL WHERE dimension = 'source' AND articles + copies + reports > 0;
