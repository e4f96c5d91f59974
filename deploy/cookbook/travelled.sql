-- Which originals travelled furthest?
-- param limit = 20 -- rows at most
SELECT title, domain, copies, exact_copies FROM original_copies WHERE copies > 0 ORDER BY copies DESC, article_id LIMIT {limit:UInt32}
