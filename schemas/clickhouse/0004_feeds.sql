-- How feeds are doing: `feed` the latest of each, `feed_history` every record. Its views end in `_current` like all.

CREATE TABLE IF NOT EXISTS feed (
    feed_id String,
    revision Int32,
    name String,
    title String,
    lang String,
    country String,
    status String,
    status_since DateTime('UTC'),
    reason String,
    checked_at DateTime('UTC'),
    next_at DateTime('UTC'),
    last_success_at Nullable(DateTime('UTC')),
    last_item_at Nullable(DateTime('UTC')),
    items_day Int32,
    items_usual Float64,
    unreadable_week Int32,
    repeated_share Float64,
    latency_seconds Nullable(Float64),
    failures Int32,
    interval_seconds Float64,
    produced_ms UInt64,
    loaded_at DateTime('UTC') DEFAULT now()
) ENGINE = ReplacingMergeTree(produced_ms) ORDER BY feed_id;

CREATE TABLE IF NOT EXISTS feed_history (
    feed_id String,
    revision Int32,
    name String,
    status String,
    checked_at DateTime('UTC'),
    items_day Int32,
    items_usual Float64,
    unreadable_week Int32,
    repeated_share Float64,
    latency_seconds Nullable(Float64),
    failures Int32,
    interval_seconds Float64,
    produced_ms UInt64,
    loaded_at DateTime('UTC') DEFAULT now()
) ENGINE = ReplacingMergeTree(produced_ms) ORDER BY (feed_id, revision);

CREATE VIEW IF NOT EXISTS feed_current AS SELECT * FROM feed FINAL;

CREATE VIEW IF NOT EXISTS feed_history_current AS SELECT * FROM feed_history FINAL;

-- What each feed brought, and how much of it only copied others.
CREATE VIEW IF NOT EXISTS feed_copies AS
SELECT feed AS name, count() AS articles, sum(article_id IN (SELECT article_id FROM copy)) AS copies,
    copies / articles AS copy_share, max(fetched_at) AS latest
FROM (SELECT feed, article_id, fetched_at FROM article FINAL) GROUP BY feed;
