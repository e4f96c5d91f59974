-- Which incidents happened near a point?
-- param lat = 18.5 -- latitude, degrees north
-- param lon = -72.3 -- longitude, degrees east
-- param km = 300 -- distance at most, kilometres
-- param limit = 20 -- rows at most
SELECT round(greatCircleDistance(assumeNotNull(lon), assumeNotNull(lat), {lon:Float64}, {lat:Float64}) / 1000, 1) AS km, title, place_name, time_start, killed FROM incidents
WHERE lat IS NOT NULL AND km <= {km:Float64} AND role IN ('main', 'follow-up') ORDER BY km, incident_id LIMIT {limit:UInt32}
