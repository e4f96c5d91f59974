-- How often does each rule raise an alert?
SELECT rule, level, alerts, revisions, retracted FROM rules_fired ORDER BY alerts DESC, rule, level
