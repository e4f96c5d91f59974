-- The same users with grants, for ClickHouse 24.10 and later (from 22.10 on without the settings that it does not
-- know). Run it as an administrator after `tocsin setup`, with passwords of your own. The loader inserts, and
-- reads only what accounts of incidents, copies of articles and counts are worked out from. The analyst reads our tables and
-- nothing else: without SOURCES, CREATE TEMPORARY TABLE, dictGet and INTROSPECTION no query of theirs reads a file or
-- calls a host. They may make their limits stricter and choose formats and time zone, which is what Grafana, Metabase and clickhouse-connect
-- send; the server needs `settings_constraints_replace_previous` for it, as its own config.xml has since 23.3.
-- `select_from_system_db_requires_grant`, likewise, keeps the tables of `system` that tell of the machine closed.

CREATE SETTINGS PROFILE IF NOT EXISTS tocsin_loader SETTINGS max_memory_usage = 2000000000;

CREATE SETTINGS PROFILE IF NOT EXISTS tocsin_analyst SETTINGS
    readonly = 1,
    max_execution_time = 30 MIN 1 MAX 30 CHANGEABLE_IN_READONLY,
    max_memory_usage = 2000000000 MIN 1 MAX 2000000000 CHANGEABLE_IN_READONLY,
    max_result_rows = 1048576 MIN 1 MAX 1048576 CHANGEABLE_IN_READONLY,
    max_result_bytes = 268435456 MIN 1 MAX 268435456 CHANGEABLE_IN_READONLY,
    max_threads = 4 MIN 1 MAX 4 CHANGEABLE_IN_READONLY,
    result_overflow_mode = 'throw' CHANGEABLE_IN_READONLY,
    max_rows_to_read CHANGEABLE_IN_READONLY,
    max_bytes_to_read CHANGEABLE_IN_READONLY,
    max_block_size CHANGEABLE_IN_READONLY,
    session_timezone CHANGEABLE_IN_READONLY,
    date_time_output_format CHANGEABLE_IN_READONLY,
    output_format_json_quote_64bit_integers CHANGEABLE_IN_READONLY,
    output_format_json_quote_denormals CHANGEABLE_IN_READONLY,
    output_format_native_write_json_as_string CHANGEABLE_IN_READONLY,
    output_format_binary_write_json_as_string CHANGEABLE_IN_READONLY,
    join_use_nulls CHANGEABLE_IN_READONLY,
    extremes CHANGEABLE_IN_READONLY,
    final CHANGEABLE_IN_READONLY,
    prefer_column_name_to_alias CHANGEABLE_IN_READONLY,
    log_comment CHANGEABLE_IN_READONLY,
    enable_http_compression CHANGEABLE_IN_READONLY,
    http_zlib_compression_level CHANGEABLE_IN_READONLY,
    send_progress_in_http_headers CHANGEABLE_IN_READONLY,
    http_headers_progress_interval_ms CHANGEABLE_IN_READONLY,
    cancel_http_readonly_queries_on_client_close CHANGEABLE_IN_READONLY;

CREATE USER IF NOT EXISTS tocsin_loader IDENTIFIED WITH sha256_password BY 'change me' SETTINGS PROFILE 'tocsin_loader';

CREATE USER IF NOT EXISTS tocsin_analyst IDENTIFIED WITH sha256_password BY 'change me'
    SETTINGS PROFILE 'tocsin_analyst';

REVOKE ALL ON *.* FROM tocsin_loader, tocsin_analyst;

GRANT INSERT ON tocsin.* TO tocsin_loader;

GRANT SELECT ON tocsin.account TO tocsin_loader;

GRANT SELECT ON tocsin.account_home TO tocsin_loader;

GRANT SELECT ON tocsin.article_brief TO tocsin_loader;

GRANT SELECT ON tocsin.article_by_time TO tocsin_loader;

GRANT SELECT ON tocsin.article_tally_day TO tocsin_loader;

GRANT SELECT ON tocsin.article_tally_hour TO tocsin_loader;

GRANT SELECT ON tocsin.copied TO tocsin_loader;

GRANT SELECT ON tocsin.copy_by_time TO tocsin_loader;

GRANT SELECT ON tocsin.copy_link TO tocsin_loader;

GRANT SELECT ON tocsin.incident TO tocsin_loader;

GRANT SELECT ON tocsin.incident_by_time TO tocsin_loader;

GRANT SELECT ON tocsin.incident_tally_day TO tocsin_loader;

GRANT SELECT ON tocsin.incident_tally_hour TO tocsin_loader;

GRANT SELECT ON tocsin.incident_version TO tocsin_loader;

GRANT SELECT ON tocsin.mention TO tocsin_loader;

GRANT SELECT ON tocsin.mention_by_time TO tocsin_loader;

GRANT SELECT ON tocsin.merge_step TO tocsin_loader;

GRANT SELECT ON tocsin.placement TO tocsin_loader;

GRANT SELECT ON tocsin.story_mention TO tocsin_loader;

-- With article_days or incident_days set, the loader deletes what is too old:
-- GRANT ALTER DELETE ON tocsin.* TO tocsin_loader;

GRANT SELECT ON tocsin.* TO tocsin_analyst;

GRANT SELECT ON information_schema.* TO tocsin_analyst;

GRANT SELECT ON INFORMATION_SCHEMA.* TO tocsin_analyst;
