-- How did low, best and high of one incident change?
-- param incident =  -- incident_id; empty: the one with most sources
-- param what = killed -- kind of figure: killed, injured, missing, displaced, ...
SELECT version, last_changed, low, best, high, change_kind FROM incident_figure_history
WHERE incident_id = if({incident:String} = '', (SELECT incident_id FROM incidents WHERE killed IS NOT NULL ORDER BY source_count DESC, killed DESC, incident_id LIMIT 1), {incident:String}) AND what = {what:String} ORDER BY version
