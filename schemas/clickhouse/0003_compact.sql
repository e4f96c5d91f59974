-- requires: 20.1
-- Smaller columns and time indexes for servers that know them; names and meanings stay.

ALTER TABLE article MODIFY COLUMN body String CODEC(ZSTD(3));
ALTER TABLE article MODIFY COLUMN domain LowCardinality(String);
ALTER TABLE article MODIFY COLUMN lang LowCardinality(String);
ALTER TABLE article MODIFY COLUMN feed LowCardinality(String);
ALTER TABLE feed_event MODIFY COLUMN raw String CODEC(ZSTD(3));
ALTER TABLE feed_event MODIFY COLUMN domain LowCardinality(String);
ALTER TABLE feed_event MODIFY COLUMN kind LowCardinality(String);
ALTER TABLE mention MODIFY COLUMN passage String CODEC(ZSTD(3));
ALTER TABLE mention MODIFY COLUMN domain LowCardinality(String);
ALTER TABLE mention MODIFY COLUMN family LowCardinality(String);
ALTER TABLE mention MODIFY COLUMN subtype LowCardinality(String);
ALTER TABLE mention MODIFY COLUMN country LowCardinality(String);
ALTER TABLE incident MODIFY COLUMN record String CODEC(ZSTD(3));
ALTER TABLE incident MODIFY COLUMN family LowCardinality(String);
ALTER TABLE incident MODIFY COLUMN subtype LowCardinality(String);
ALTER TABLE incident MODIFY COLUMN country LowCardinality(String);
ALTER TABLE alert MODIFY COLUMN record String CODEC(ZSTD(3));
ALTER TABLE quarantine MODIFY COLUMN value_base64 String CODEC(ZSTD(3));

ALTER TABLE article ADD INDEX IF NOT EXISTS by_fetched fetched_at TYPE minmax GRANULARITY 4;
ALTER TABLE feed_event ADD INDEX IF NOT EXISTS by_updated updated_at TYPE minmax GRANULARITY 4;
ALTER TABLE mention ADD INDEX IF NOT EXISTS by_reported reported_at TYPE minmax GRANULARITY 4;
ALTER TABLE incident ADD INDEX IF NOT EXISTS by_changed last_changed TYPE minmax GRANULARITY 4;
