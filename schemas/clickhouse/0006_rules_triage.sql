-- Rules of alerts, and what desks decided on alerts.

CREATE TABLE IF NOT EXISTS alert_rule (
    name String,
    enabled UInt8,
    deleted UInt8,
    level String,
    types Array(String),
    countries Array(String),
    least_severity Int32,
    least_origins Int32,
    note String,
    author String,
    at DateTime('UTC'),
    record String,
    produced_ms UInt64,
    loaded_at DateTime('UTC') DEFAULT now()
) ENGINE = ReplacingMergeTree(produced_ms) ORDER BY name;

CREATE TABLE IF NOT EXISTS triage (
    alert_id String,
    revision Int32,
    author String,
    at DateTime('UTC'),
    act String,
    acknowledged_by String,
    acknowledged_at Nullable(DateTime('UTC')),
    assigned_to String,
    silenced_until Nullable(DateTime('UTC')),
    silenced_by String,
    silence_reason String,
    note_text Array(String),
    note_author Array(String),
    note_at Array(DateTime('UTC')),
    produced_ms UInt64,
    loaded_at DateTime('UTC') DEFAULT now()
) ENGINE = ReplacingMergeTree(produced_ms) ORDER BY (alert_id, revision);

CREATE VIEW IF NOT EXISTS alert_rule_current AS SELECT * FROM alert_rule FINAL;
CREATE VIEW IF NOT EXISTS triage_current AS
SELECT * FROM (SELECT * FROM triage FINAL) ORDER BY produced_ms DESC, revision DESC LIMIT 1 BY alert_id;
