-- Which originals travelled furthest?
-- param limit = 20 -- rows at most
SELECT any(original_title) AS title, any(original_domain) AS domain, count() AS copies, countIf(kind = 'exact') AS exact_copies FROM copies
WHERE copy_of IN (SELECT copy_of FROM copies GROUP BY copy_of ORDER BY count() DESC, copy_of LIMIT {limit:UInt32})
GROUP BY copy_of ORDER BY copies DESC, copy_of LIMIT {limit:UInt32}
