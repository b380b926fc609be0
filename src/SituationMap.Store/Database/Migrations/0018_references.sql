-- The fact that another one refers to (a release its order, an override the one it confirms, a retraction what was wrong), in whatever
-- letters its id was written. Where the data name none, or something that is no id, there is no reference.
ALTER TABLE fact ADD COLUMN refers_to uuid GENERATED ALWAYS AS (
  substring(CASE kind WHEN 'retraction' THEN data->>'fact' WHEN 'release' THEN data->>'order' WHEN 'override' THEN data->>'confirms' END
    FROM '^[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$')::uuid) STORED;
CREATE INDEX fact_retraction ON fact (refers_to) WHERE kind = 'retraction';
