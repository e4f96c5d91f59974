-- How much does each publisher bring, and how much of it is copied?
-- param limit = 20 -- rows at most
SELECT domain, articles, copied, latest FROM (
    SELECT domain, count() AS articles, max(fetched_at) AS latest FROM arrivals GROUP BY domain
) AS a ALL LEFT JOIN (SELECT domain, count() AS copied FROM copies GROUP BY domain) AS c USING domain
ORDER BY articles DESC, domain LIMIT {limit:UInt32}
