-- Counts by hour and by day are kept, and a record that comes again with another time counts once: what stands in the
-- order of time says of each row whether the record has left that time.

ALTER TABLE article_by_time ADD COLUMN gone UInt8;

ALTER TABLE mention_by_time ADD COLUMN gone UInt8;

CREATE TABLE IF NOT EXISTS copy_by_time (
    fetched_at DateTime('UTC'),
    article_id String,
    domain String,
    produced_ms UInt64,
    gone UInt8,
    loaded_at DateTime('UTC') DEFAULT now()
) ENGINE = ReplacingMergeTree(produced_ms) ORDER BY (fetched_at, article_id);

-- An incident that was merged away is gone too.
CREATE TABLE IF NOT EXISTS incident_by_time (
    first_seen DateTime('UTC'),
    incident_id String,
    family String,
    subtype String,
    country String,
    produced_ms UInt64,
    gone UInt8,
    loaded_at DateTime('UTC') DEFAULT now()
) ENGINE = ReplacingMergeTree(produced_ms) ORDER BY (first_seen, incident_id);

-- The loader counts hours anew in which something arrived, and their days (connectors/load/tallies.py). `dimension` is
-- type (family, subtype), country or source (domain). Articles and incidents have tables of their own, as they are
-- kept for as long as the settings say of each.
CREATE TABLE IF NOT EXISTS article_tally_hour (
    dimension String,
    hour DateTime('UTC'),
    name String,
    detail String,
    articles UInt64,
    copies UInt64,
    reports UInt64,
    written_us UInt64,
    loaded_at DateTime('UTC') DEFAULT now()
) ENGINE = ReplacingMergeTree(written_us) PARTITION BY dimension ORDER BY (hour, name, detail, dimension);

CREATE TABLE IF NOT EXISTS article_tally_day (
    dimension String,
    day Date,
    name String,
    detail String,
    articles UInt64,
    copies UInt64,
    reports UInt64,
    written_us UInt64,
    loaded_at DateTime('UTC') DEFAULT now()
) ENGINE = ReplacingMergeTree(written_us) PARTITION BY dimension ORDER BY (day, name, detail, dimension);

CREATE TABLE IF NOT EXISTS incident_tally_hour (
    dimension String,
    hour DateTime('UTC'),
    name String,
    detail String,
    incidents UInt64,
    written_us UInt64,
    loaded_at DateTime('UTC') DEFAULT now()
) ENGINE = ReplacingMergeTree(written_us) PARTITION BY dimension ORDER BY (hour, name, detail, dimension);

CREATE TABLE IF NOT EXISTS incident_tally_day (
    dimension String,
    day Date,
    name String,
    detail String,
    incidents UInt64,
    written_us UInt64,
    loaded_at DateTime('UTC') DEFAULT now()
) ENGINE = ReplacingMergeTree(written_us) PARTITION BY dimension ORDER BY (day, name, detail, dimension);
