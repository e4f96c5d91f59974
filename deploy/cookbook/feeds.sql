-- Which feeds need a look?
-- empty on the sample: the sample comes from no feeds
SELECT status, name, reason, last_item_at, items_day, items_usual, failures FROM feeds ORDER BY status = 'ok', failures DESC, name
