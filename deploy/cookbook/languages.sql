-- In which languages does news come?
SELECT lang, count() AS articles, uniqExact(domain) AS publishers FROM arrivals GROUP BY lang ORDER BY articles DESC, lang
