-- Who is named most often as the one who acts?
-- param role = initiator -- initiator, target, authority or other
-- param country =  -- ISO 3166-1 alpha-2 code; empty: all
-- param limit = 20 -- rows at most
SELECT actor, uniqExact(incident_id) AS incidents FROM (
    SELECT incident_id, country, actor, role_of FROM incidents ARRAY JOIN actor_name AS actor, actor_role AS role_of
) WHERE role_of = {role:String} AND ({country:String} = '' OR country = {country:String}) GROUP BY actor ORDER BY incidents DESC, actor LIMIT {limit:UInt32}
