-- requires: 20.1
-- Smaller columns, before the tables of 0014 are filled.

ALTER TABLE copy_by_time MODIFY COLUMN domain LowCardinality(String);
ALTER TABLE incident_by_time MODIFY COLUMN family LowCardinality(String);
ALTER TABLE incident_by_time MODIFY COLUMN subtype LowCardinality(String);
ALTER TABLE incident_by_time MODIFY COLUMN country LowCardinality(String);
ALTER TABLE article_tally_hour MODIFY COLUMN name LowCardinality(String);
ALTER TABLE article_tally_hour MODIFY COLUMN detail LowCardinality(String);
ALTER TABLE article_tally_day MODIFY COLUMN name LowCardinality(String);
ALTER TABLE article_tally_day MODIFY COLUMN detail LowCardinality(String);
ALTER TABLE incident_tally_hour MODIFY COLUMN name LowCardinality(String);
ALTER TABLE incident_tally_hour MODIFY COLUMN detail LowCardinality(String);
ALTER TABLE incident_tally_day MODIFY COLUMN name LowCardinality(String);
ALTER TABLE incident_tally_day MODIFY COLUMN detail LowCardinality(String);
