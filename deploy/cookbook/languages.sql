-- In which languages does news come?
SELECT lang, sum(n) AS articles, count() AS publishers FROM (SELECT lang, domain, count() AS n FROM arrivals GROUP BY lang, domain)
GROUP BY lang ORDER BY articles DESC, lang
