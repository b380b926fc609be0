-- How the rows of a file of zones are compared with the store and written. All in the transaction of the import, whose rows are in
-- import_row (row, code, fields, shape); the statement "target" makes import_target. Nothing is written here: versions of zones are
-- published one by one.

-- name: target
-- each row as it would be in the store: row, code, id, change, fault, and the columns
SELECT r.row, r.code, v.effective_from, v.effective_to, v.reason, c.change,
       CASE WHEN NOT is_mappable(r.shape) THEN 'unmappable'
            WHEN c.change = 'changed' AND NOT r.fields ? 'to'
             AND v.effective_to <= COALESCE((r.fields->>'from')::timestamptz, GREATEST(v.effective_from, clock_timestamp()))
             THEN 'zone-ended' END AS fault
FROM import_row r LEFT JOIN LATERAL (
  SELECT v.* FROM zone z JOIN zone_version v ON v.zone = z.id WHERE z.code = r.code ORDER BY v.version DESC LIMIT 1
) v ON true
CROSS JOIN LATERAL (
  -- what the file does not say is not compared
  SELECT CASE WHEN v.zone IS NULL THEN 'new'
              WHEN (v.name, v.level, v.outline) IS NOT DISTINCT FROM (r.fields->>'name', r.fields->>'level', r.shape)
               AND (NOT r.fields ? 'from' OR v.effective_from = (r.fields->>'from')::timestamptz)
               AND (NOT r.fields ? 'to' OR v.effective_to IS NOT DISTINCT FROM (r.fields->>'to')::timestamptz)
               AND (NOT r.fields ? 'reason' OR v.reason = r.fields->>'reason') THEN 'same' ELSE 'changed' END AS change
) c

-- name: faults
-- row, code, field, fault, expected of what does not fit
SELECT row, code, CASE fault WHEN 'zone-ended' THEN 'to' ELSE 'wkt' END, fault,
       CASE fault WHEN 'unmappable' THEN 'an outline that PostGIS takes for valid'
         ELSE 'a new end, since the zone''s own is over by then, or the word (clear) for none' END
FROM import_target WHERE fault IS NOT NULL
