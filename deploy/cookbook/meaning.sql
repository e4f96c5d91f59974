-- What does a word of the tables mean?
-- param word = severity -- part of the name of a field, column, table or topic
-- param limit = 50 -- rows at most
SELECT name, field, type, unit, values, meaning FROM codebook
WHERE positionCaseInsensitive(concat(name, '.', field), {word:String}) > 0 ORDER BY kind, name, field LIMIT {limit:UInt32}
