-- The same users with grants, for ClickHouse 20.5 and later. Run it as an administrator after `tocsin setup`, with
-- passwords of your own. The loader inserts and cannot read, the analyst reads and cannot change its limits.

CREATE SETTINGS PROFILE IF NOT EXISTS tocsin_loader SETTINGS max_memory_usage = 2000000000;

CREATE SETTINGS PROFILE IF NOT EXISTS tocsin_analyst SETTINGS readonly = 1, max_execution_time = 30,
    max_memory_usage = 2000000000, max_result_rows = 1000000, result_overflow_mode = 'throw';

CREATE USER IF NOT EXISTS tocsin_loader IDENTIFIED WITH sha256_password BY 'change me' SETTINGS PROFILE 'tocsin_loader';

CREATE USER IF NOT EXISTS tocsin_analyst IDENTIFIED WITH sha256_password BY 'change me'
    SETTINGS PROFILE 'tocsin_analyst';

GRANT INSERT ON tocsin.* TO tocsin_loader;

GRANT SELECT ON tocsin.* TO tocsin_analyst;
