-- requires: 20.1
-- Smaller columns, before the tables of 0011 are filled, and for questions over all claims.

ALTER TABLE article_by_time MODIFY COLUMN domain LowCardinality(String);
ALTER TABLE article_by_time MODIFY COLUMN lang LowCardinality(String);
ALTER TABLE article_by_time MODIFY COLUMN feed LowCardinality(String);
ALTER TABLE mention_by_time MODIFY COLUMN role LowCardinality(String);
ALTER TABLE mention_by_time MODIFY COLUMN family LowCardinality(String);
ALTER TABLE mention_by_time MODIFY COLUMN subtype LowCardinality(String);
ALTER TABLE mention_by_time MODIFY COLUMN country LowCardinality(String);
ALTER TABLE mention_by_time MODIFY COLUMN domain LowCardinality(String);
ALTER TABLE mention_by_time MODIFY COLUMN lang LowCardinality(String);
ALTER TABLE change_by_time MODIFY COLUMN change_kind LowCardinality(String);
ALTER TABLE incident_first MODIFY COLUMN publisher LowCardinality(String);
ALTER TABLE incident_first MODIFY COLUMN domain LowCardinality(String);
ALTER TABLE copied MODIFY COLUMN domain LowCardinality(String);
ALTER TABLE copied MODIFY COLUMN publisher LowCardinality(String);
ALTER TABLE copied MODIFY COLUMN original_domain LowCardinality(String);
ALTER TABLE article_brief MODIFY COLUMN domain LowCardinality(String);
ALTER TABLE incident MODIFY COLUMN claim_what Array(LowCardinality(String));
ALTER TABLE incident MODIFY COLUMN claim_attribution_kind Array(LowCardinality(String));
