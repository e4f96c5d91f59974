-- How publishers report, for each kind of incident: how often they were first, how their first figures compare with the
-- ones that the incidents came to, and how often they changed them. A part of a toll, such as of one place, counts too.

-- One row for each publisher and incident that it told of as news, with how long after the first report it came.
CREATE VIEW IF NOT EXISTS source_report AS
SELECT incident_id, domain, family, told_at, first_at, told_at = first_at AS is_first
FROM (
    SELECT incident_id, domain, any(family) AS family, min(reported_at) AS told_at
    FROM incident_mention WHERE role IN ('main', 'follow-up') GROUP BY incident_id, domain
) AS r
ALL INNER JOIN (
    SELECT incident_id, min(reported_at) AS first_at
    FROM incident_mention WHERE role IN ('main', 'follow-up') GROUP BY incident_id
) AS f USING incident_id;

-- One row for each publisher, incident and kind of figure: its first figure, the settled one, and how often it changed it.
CREATE VIEW IF NOT EXISTS source_figure AS
SELECT incident_id, domain, family, what, first_figure, settled, figures_given - 1 AS revisions
FROM (
    SELECT incident_id, domain, any(family) AS family, what, argMin(min, reported_at) AS first_figure, uniqExact(min) AS figures_given
    FROM incident_claim WHERE what IN ('killed', 'injured', 'missing') AND merged_into = '' AND min IS NOT NULL
    GROUP BY incident_id, domain, what
) AS c
ALL INNER JOIN (
    SELECT incident_id, what, best AS settled FROM incident_figure WHERE best IS NOT NULL AND merged_into = ''
) AS f USING incident_id, what;

-- The record of each publisher by family of incident; `exact` counts first figures that stood, `below` and `above` those that did not.
CREATE VIEW IF NOT EXISTS source_record AS
SELECT domain, family, incidents, first, figures, exact, below, above, revisions
FROM (
    SELECT domain, family, count() AS incidents, sum(is_first) AS first FROM source_report GROUP BY domain, family
) AS r
ALL LEFT JOIN (
    SELECT domain, family, count() AS figures, countIf(first_figure = settled) AS exact, countIf(first_figure < settled) AS below,
        countIf(first_figure > settled) AS above, sum(revisions) AS revisions
    FROM source_figure GROUP BY domain, family
) AS f USING domain, family;
