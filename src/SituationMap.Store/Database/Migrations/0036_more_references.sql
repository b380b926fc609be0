-- More kinds name another fact: how a need was served names the need, an answer the objection, an objection or a confirmed order what it is
-- about. What reads the column is made anew with the functions.
ALTER TABLE fact DROP COLUMN refers_to CASCADE;
ALTER TABLE fact ADD COLUMN refers_to uuid GENERATED ALWAYS AS (
  substring(CASE kind
      WHEN 'retraction' THEN data->>'fact'
      WHEN 'release' THEN data->>'order'
      WHEN 'override' THEN data->>'confirms'
      WHEN 'order' THEN data->>'confirms'
      WHEN 'served' THEN data->>'need'
      WHEN 'objection' THEN data->>'about'
      WHEN 'answered' THEN data->>'objection'
    END
    FROM '^[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$')::uuid) STORED;
CREATE INDEX fact_retraction ON fact (refers_to) WHERE kind = 'retraction';
