-- How much does each publisher bring, and how much of it is copied?
-- param limit = 20 -- rows at most
SELECT domain, articles, copied, latest FROM (
    SELECT domain, sum(a) AS articles, sum(c) AS copied, maxIf(day, a > 0) AS latest
    FROM (SELECT domain, day, articles AS a, copies AS c FROM sources_daily) GROUP BY domain
) WHERE articles > 0 ORDER BY articles DESC, domain LIMIT {limit:UInt32}
