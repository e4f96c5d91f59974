-- Tables that the loader fills beside the others, so that questions over everything read little: in the order of time
-- where questions are about times, fine-grained where single rows are looked up.

CREATE TABLE IF NOT EXISTS article_by_time (
    fetched_at DateTime('UTC'),
    article_id String,
    domain String,
    lang String,
    feed String,
    produced_ms UInt64,
    loaded_at DateTime('UTC') DEFAULT now()
) ENGINE = ReplacingMergeTree(produced_ms) ORDER BY (fetched_at, article_id);

CREATE TABLE IF NOT EXISTS mention_by_time (
    reported_at DateTime('UTC'),
    mention_id String,
    role String,
    family String,
    subtype String,
    country String,
    domain String,
    lang String,
    produced_ms UInt64,
    loaded_at DateTime('UTC') DEFAULT now()
) ENGINE = ReplacingMergeTree(produced_ms) ORDER BY (reported_at, mention_id);

CREATE TABLE IF NOT EXISTS change_by_time (
    produced_ms UInt64,
    incident_id String,
    version Int64,
    change_kind String,
    change_document_id String,
    change_text String,
    last_changed DateTime('UTC'),
    loaded_at DateTime('UTC') DEFAULT now()
) ENGINE = ReplacingMergeTree ORDER BY (produced_ms, incident_id, version);

-- Who told of an incident first; the loader works it out from `account` (connectors/load/accounts.py).
CREATE TABLE IF NOT EXISTS incident_first (
    incident_id String,
    publisher String,
    domain String,
    told_at DateTime('UTC'),
    written_us UInt64,
    loaded_at DateTime('UTC') DEFAULT now()
) ENGINE = ReplacingMergeTree(written_us) ORDER BY incident_id;

-- Copies with what is known of their originals. A row comes with `known` 0; when its original is there, the loader
-- writes it again with 1 (connectors/load/copies.py), whichever of the two comes first.
CREATE TABLE IF NOT EXISTS copied (
    article_id String,
    copy_of String,
    kind String,
    similarity Float64,
    origin String,
    domain String,
    publisher String,
    title String,
    url String,
    published_at Nullable(DateTime('UTC')),
    fetched_at DateTime('UTC'),
    original_domain String,
    original_title String,
    original_url String,
    original_published_at Nullable(DateTime('UTC')),
    original_fetched_at DateTime('UTC'),
    known UInt8,
    produced_ms UInt64,
    ranked UInt64 DEFAULT produced_ms * 2 + known,
    loaded_at DateTime('UTC') DEFAULT now()
) ENGINE = ReplacingMergeTree(ranked) ORDER BY article_id SETTINGS index_granularity = 256;

CREATE TABLE IF NOT EXISTS copy_link (
    copy_of String,
    article_id String,
    produced_ms UInt64,
    loaded_at DateTime('UTC') DEFAULT now()
) ENGINE = ReplacingMergeTree(produced_ms) ORDER BY (copy_of, article_id) SETTINGS index_granularity = 256;

CREATE TABLE IF NOT EXISTS article_brief (
    article_id String,
    domain String,
    title String,
    url String,
    published_at Nullable(DateTime('UTC')),
    fetched_at DateTime('UTC'),
    produced_ms UInt64,
    loaded_at DateTime('UTC') DEFAULT now()
) ENGINE = ReplacingMergeTree(produced_ms) ORDER BY article_id SETTINGS index_granularity = 256;

-- Where merges lead, one step each; the loader keeps it up to date. `merged_into` is empty where a merge was taken back.
CREATE TABLE IF NOT EXISTS merge_step (
    incident_id String,
    merged_into String,
    written_us UInt64,
    loaded_at DateTime('UTC') DEFAULT now()
) ENGINE = ReplacingMergeTree(written_us) ORDER BY incident_id;
