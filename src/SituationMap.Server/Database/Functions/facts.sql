-- Whether the data of a fact have the fields of its kind with the right types. The server says which field is wrong before
-- it comes here; this is what nothing gets around.
CREATE OR REPLACE FUNCTION has_fields_of(kind fact_kind, data jsonb) RETURNS boolean
  LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
  RETURN jsonb_typeof(data) = 'object' AND CASE kind
    WHEN 'survey' THEN jsonb_typeof(data->'members') = 'number'
    WHEN 'departed' THEN true
    WHEN 'returned' THEN data->>'risk' IN ('high', 'medium', 'low')
    WHEN 'contact' THEN data->>'degree' IN ('1', '2') AND jsonb_typeof(data->'lastExposure') = 'string'
    WHEN 'case' THEN jsonb_typeof(data->'confirmed') = 'boolean'
    WHEN 'order' THEN data->>'measure' IN ('quarantine', 'observation') AND (data ? 'days') <> (data ? 'until')
    WHEN 'release' THEN jsonb_typeof(data->'order') = 'string'
    WHEN 'temperature' THEN jsonb_typeof(data->'celsius') = 'number'
    WHEN 'test' THEN data->>'result' IN ('positive', 'negative')
    WHEN 'passage' THEN jsonb_typeof(data->'checkpoint') = 'string' AND data->>'direction' IN ('in', 'out')
    WHEN 'override' THEN data->>'status' IN ('healthy', 'out', 'observed', 'quarantined') AND jsonb_typeof(data->'reason') = 'string'
    WHEN 'retraction' THEN jsonb_typeof(data->'fact') = 'string' AND jsonb_typeof(data->'reason') = 'string'
  END;
