-- Alerts into a ClickHouse of your own, by its Kafka engine; needs 20.1 or later for AvroConfluent. Put your addresses.
CREATE TABLE alert_queue (
    alert_id String, incident_id String, rule String, level String, revision Int64, reason String, headline String
) ENGINE = Kafka SETTINGS kafka_broker_list = '127.0.0.1:8725', kafka_topic_list = 'news.alert.v1',
    kafka_group_name = 'my-clickhouse', kafka_format = 'AvroConfluent',
    format_avro_schema_registry_url = 'http://127.0.0.1:8710';

CREATE TABLE my_alert (
    alert_id String, incident_id String, rule String, level String, revision Int64, reason String, headline String
) ENGINE = ReplacingMergeTree(revision) ORDER BY alert_id;

CREATE MATERIALIZED VIEW alert_into_my_alert TO my_alert AS SELECT * FROM alert_queue;
