-- How much does each publisher bring, and how much of it is copied?
-- param limit = 20 -- rows at most
SELECT domain, count() AS articles, countIf(copy_of != '') AS copied, max(fetched_at) AS latest FROM articles
GROUP BY domain ORDER BY articles DESC, domain LIMIT {limit:UInt32}
