-- Who copies whom, how often and how much later?
-- param limit = 20 -- rows at most
SELECT domain, original_domain, count() AS copies, round(avg(lag_seconds) / 60, 1) AS minutes_later FROM copies
GROUP BY domain, original_domain ORDER BY copies DESC, domain, original_domain LIMIT {limit:UInt32}
