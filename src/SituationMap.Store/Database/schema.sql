-- The whole schema of the store as the steps in Migrations and the texts in Functions make it, for reading; nothing runs this file.
-- A test compares it with an empty database, and writes it anew where the environment variable WRITE_SCHEMA is set.
CREATE SCHEMA situation;

CREATE TYPE situation.fact_kind AS ENUM (
    'survey',
    'departed',
    'returned',
    'contact',
    'case',
    'order',
    'release',
    'temperature',
    'test',
    'passage',
    'override',
    'retraction',
    'visit',
    'circumstance',
    'need',
    'served',
    'facility',
    'undertaking',
    'objection',
    'answered',
    'purchase',
    'backToWork',
    'assignment',
    'pass',
    'passEnd',
    'crossing',
    'declaration'
);

CREATE TYPE situation.feed_kind AS ENUM (
    'status',
    'zone',
    'grid',
    'building',
    'checkpoint',
    'road',
    'passage',
    'acknowledgement',
    'cover'
);

CREATE TYPE situation.status AS ENUM (
    'healthy',
    'out',
    'observed',
    'quarantined'
);

CREATE TABLE situation.access_grant (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    account text NOT NULL,
    role text NOT NULL,
    grid text,
    expires_at timestamp with time zone,
    checkpoint text,
    from_time time without time zone,
    to_time time without time zone,
    CONSTRAINT access_grant_checkpoint_check CHECK (((role = 'guard'::text) = (checkpoint IS NOT NULL))),
    CONSTRAINT access_grant_grid_check CHECK (((grid IS NULL) OR (role <> ALL (ARRAY['guard'::text, 'auditor'::text, 'administrator'::text])))),
    CONSTRAINT access_grant_hours_check CHECK ((((from_time IS NULL) = (to_time IS NULL)) AND ((from_time IS NULL) OR ((role = 'guard'::text) AND (from_time <> to_time))))),
    CONSTRAINT access_grant_role_check CHECK ((role = ANY (ARRAY['viewer'::text, 'reporter'::text, 'guard'::text, 'dispatcher'::text, 'planner'::text, 'approver'::text, 'authority'::text, 'system'::text, 'auditor'::text, 'administrator'::text])))
);

CREATE TABLE situation.account (
    name text NOT NULL,
    password text,
    disabled boolean DEFAULT false NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT account_name_check CHECK (((name ~ '^[a-z0-9][a-z0-9._@-]{0,63}$'::text) AND (name <> 'local'::text)))
);

CREATE TABLE situation.credential (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    hash bytea NOT NULL,
    account text NOT NULL,
    kind text NOT NULL,
    label text DEFAULT ''::text NOT NULL,
    role text,
    grid text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    gateway boolean DEFAULT false NOT NULL,
    ended boolean DEFAULT false NOT NULL,
    origin text DEFAULT ''::text NOT NULL,
    used_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT credential_check CHECK (((kind = 'key'::text) OR (NOT gateway))),
    CONSTRAINT credential_check1 CHECK (((kind = 'token'::text) OR (NOT ended))),
    CONSTRAINT credential_hash_check CHECK ((length(hash) = 32)),
    CONSTRAINT credential_kind_check CHECK ((kind = ANY (ARRAY['session'::text, 'key'::text, 'token'::text])))
);

CREATE TABLE situation.second_factor (
    account text NOT NULL,
    secret bytea NOT NULL,
    confirmed boolean DEFAULT false NOT NULL,
    step bigint DEFAULT 0 NOT NULL,
    recovery bytea[] DEFAULT '{}'::bytea[] NOT NULL,
    next_secret bytea
);

CREATE TABLE situation.second_factor_role (
    role text NOT NULL
);

CREATE FUNCTION situation.access_held(name text) RETURNS jsonb
    LANGUAGE sql STABLE
    BEGIN ATOMIC
 SELECT jsonb_object_agg(held.what, encode(sha256(convert_to((held.content)::text, 'UTF8'::name)), 'hex'::text)) AS jsonb_object_agg
    FROM ( SELECT 'account'::text AS what,
             jsonb_build_array(a.name, a.password, a.disabled) AS content
            FROM situation.account a
           WHERE (a.name = access_held.name)
         UNION ALL
          SELECT ('grant '::text || g.id) AS what,
             (jsonb_build_array(g.role, g.grid, EXTRACT(epoch FROM g.expires_at)) ||
                 CASE
                     WHEN (g.checkpoint IS NULL) THEN '[]'::jsonb
                     ELSE jsonb_build_array(g.checkpoint, g.from_time, g.to_time)
                 END) AS content
            FROM situation.access_grant g
           WHERE (g.account = access_held.name)
         UNION ALL
          SELECT ('key '::text || c.id) AS what,
             jsonb_build_array(encode(c.hash, 'hex'::text), c.role, c.grid, EXTRACT(epoch FROM c.expires_at), c.gateway) AS content
            FROM situation.credential c
           WHERE ((c.account = access_held.name) AND (c.kind = 'key'::text))
         UNION ALL
          SELECT 'second factor'::text AS what,
             jsonb_build_array(encode(f.secret, 'hex'::text)) AS content
            FROM situation.second_factor f
           WHERE ((f.account = access_held.name) AND f.confirmed)
         UNION ALL
          SELECT ('second factor required of '::text || r.role) AS what,
             jsonb_build_array(r.role) AS content
            FROM situation.second_factor_role r
           WHERE (access_held.name = '*'::text)) held;
END;

CREATE TABLE situation.audit (
    id bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    account text NOT NULL,
    action text NOT NULL,
    subject text NOT NULL,
    purpose text,
    origin text NOT NULL,
    details jsonb,
    holder text,
    holds jsonb
);

CREATE FUNCTION situation.account_hands(name text) RETURNS text[]
    LANGUAGE sql STABLE
    BEGIN ATOMIC
 WITH RECURSIVE hand(account) AS (
          SELECT account_hands.name AS name
         UNION
          SELECT a.account
            FROM (hand h
              JOIN situation.audit a ON ((a.subject = h.account)))
           WHERE (a.action = ANY (ARRAY['add account'::text, 'enable'::text, 'set password'::text, 'grant'::text, 'add key'::text, 'reset second factor'::text]))
         )
  SELECT COALESCE(array_agg(hand.account ORDER BY hand.account), '{}'::text[]) AS "coalesce"
    FROM hand
   WHERE (hand.account <> account_hands.name);
END;

CREATE TABLE situation.feed_counter (
    singleton boolean DEFAULT true NOT NULL,
    last bigint NOT NULL,
    recorded_at timestamp with time zone DEFAULT '-infinity'::timestamp with time zone NOT NULL,
    CONSTRAINT feed_counter_singleton_check CHECK (singleton)
);

CREATE FUNCTION situation.draw_sequences(n integer, at timestamp with time zone) RETURNS TABLE(first bigint, recorded_at timestamp with time zone)
    LANGUAGE sql
    BEGIN ATOMIC
 UPDATE situation.feed_counter c SET last = (c.last + draw_sequences.n), recorded_at = GREATEST(c.recorded_at, draw_sequences.at)
   RETURNING ((c.last - draw_sequences.n) + 1),
     c.recorded_at;
END;

CREATE TABLE situation.feed (
    sequence bigint NOT NULL,
    recorded_at timestamp with time zone NOT NULL,
    kind situation.feed_kind NOT NULL,
    grid public.ltree,
    subject integer NOT NULL,
    status situation.status,
    surveyed boolean,
    since timestamp with time zone,
    until timestamp with time zone,
    edition text,
    version integer,
    touched public.geometry(Geometry,4326),
    direction text,
    acknowledges bigint,
    account text,
    was situation.status,
    cover text,
    manned boolean,
    told text,
    checkpoint integer,
    CONSTRAINT feed_check CHECK (((kind = 'status'::situation.feed_kind) = (status IS NOT NULL))),
    CONSTRAINT feed_check1 CHECK (((kind = 'status'::situation.feed_kind) = (surveyed IS NOT NULL))),
    CONSTRAINT feed_check2 CHECK (((kind = 'zone'::situation.feed_kind) OR (version IS NULL))),
    CONSTRAINT feed_check3 CHECK (((kind = 'status'::situation.feed_kind) = (touched IS NULL))),
    CONSTRAINT feed_check4 CHECK ((((kind)::text = 'passage'::text) OR (direction IS NULL))),
    CONSTRAINT feed_check5 CHECK ((((kind)::text = 'acknowledgement'::text) = (acknowledges IS NOT NULL))),
    CONSTRAINT feed_check6 CHECK (((acknowledges IS NULL) = (account IS NULL))),
    CONSTRAINT feed_check7 CHECK (((kind = 'status'::situation.feed_kind) = (was IS NOT NULL))),
    CONSTRAINT feed_check8 CHECK ((((kind)::text = 'cover'::text) = (cover IS NOT NULL))),
    CONSTRAINT feed_check9 CHECK (((cover IS NOT NULL) OR ((manned IS NULL) AND (told IS NULL) AND (checkpoint IS NULL)))),
    CONSTRAINT feed_cover_check CHECK ((cover = ANY (ARRAY['noPlan'::text, 'covered'::text, 'gap'::text]))),
    CONSTRAINT feed_direction_check CHECK ((direction = ANY (ARRAY['in'::text, 'out'::text]))),
    CONSTRAINT feed_told_check CHECK ((told = ANY (ARRAY['leader'::text, 'chief'::text])))
);

CREATE FUNCTION situation.announce_structure(kind situation.feed_kind, grid public.ltree, subject integer, was public.geometry, is_now public.geometry) RETURNS void
    LANGUAGE sql
    BEGIN ATOMIC
 INSERT INTO situation.feed (sequence, recorded_at, kind, grid, subject, touched)  SELECT d.first,
             d.recorded_at,
             announce_structure.kind AS kind,
             announce_structure.grid AS grid,
             announce_structure.subject AS subject,
             public.st_collect(ARRAY( SELECT place.place
                    FROM unnest(ARRAY[announce_structure.was, announce_structure.is_now]) place(place)
                   WHERE (place.place IS NOT NULL))) AS st_collect
            FROM situation.draw_sequences(1, clock_timestamp()) d(first, recorded_at);
 SELECT pg_notify('situation_feed'::text, ''::text) AS pg_notify;
END;

CREATE FUNCTION situation.claim_households(most integer, set_aside integer[], OUT households integer[], OUT marked_from timestamp with time zone, OUT contested boolean) RETURNS record
    LANGUAGE plpgsql
    SET search_path TO 'situation', 'public'
    SET enable_seqscan TO 'off'
    AS $$
DECLARE
  oldest int[] := ARRAY(
    SELECT DISTINCT household FROM (
      SELECT household FROM dirty_household WHERE household <> ALL (set_aside) ORDER BY id LIMIT most) marks);
BEGIN
  WITH locked AS MATERIALIZED (
    -- SKIP LOCKED: never wait for another worker
    SELECT id, household FROM dirty_household WHERE household = ANY (oldest) FOR UPDATE SKIP LOCKED
  ), held AS MATERIALIZED (
    SELECT household FROM dirty_household WHERE household = ANY (oldest) AND id NOT IN (SELECT id FROM locked)
  ), claimed AS (
    DELETE FROM dirty_household
    WHERE id = ANY (ARRAY(SELECT id FROM locked WHERE household NOT IN (SELECT household FROM held)))
    RETURNING household, marked_at
  )
  SELECT COALESCE(array_agg(DISTINCT household), '{}'), COALESCE(min(marked_at), 'infinity'), EXISTS (SELECT FROM held)
  INTO households, marked_from, contested FROM claimed;
END $$;

CREATE FUNCTION situation.follow_building() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'situation', 'public'
    AS $$
BEGIN
  PERFORM announce_structure('building', COALESCE(NEW.grid, OLD.grid), COALESCE(NEW.id, OLD.id), OLD.outline, NEW.outline);
  RETURN NULL;
END $$;

CREATE FUNCTION situation.follow_checkpoint() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'situation', 'public'
    AS $$
BEGIN
  PERFORM announce_structure('checkpoint', COALESCE(NEW.grid, OLD.grid), COALESCE(NEW.id, OLD.id), OLD.location, NEW.location);
  RETURN NULL;
END $$;

CREATE FUNCTION situation.follow_grid() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'situation', 'public'
    AS $$
BEGIN
  PERFORM announce_structure('grid', COALESCE(NEW.path, OLD.path), COALESCE(NEW.id, OLD.id), OLD.outline, NEW.outline);
  RETURN NULL;
END $$;

CREATE FUNCTION situation.follow_household() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'situation', 'public'
    AS $$
BEGIN
  PERFORM announce_structure('building', b.grid, b.id, b.outline, NULL) FROM building b WHERE b.id IN (OLD.building, NEW.building);
  RETURN NULL;
END $$;

CREATE FUNCTION situation.follow_passages(households integer[], received_from timestamp with time zone, recorded timestamp with time zone) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'situation', 'public'
    AS $$
DECLARE
  passed int[] := ARRAY(
    SELECT DISTINCT c.id
    FROM fact p JOIN checkpoint c ON c.code = p.data->>'checkpoint'
    WHERE p.household = ANY (households) AND p.kind = 'passage' AND (p.received_at >= received_from OR EXISTS (
      SELECT FROM fact r WHERE r.household = p.household AND r.kind = 'retraction' AND r.received_at >= received_from)));
BEGIN
  IF passed <> '{}' THEN
    PERFORM settle_passages(passed, recorded);
  END IF;
END $$;

CREATE FUNCTION situation.follow_person() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'situation', 'public'
    AS $$
BEGIN
  PERFORM announce_structure('building', b.grid, b.id, b.outline, NULL)
  FROM building b WHERE b.id IN (SELECT building FROM household WHERE id IN (OLD.household, NEW.household));
  RETURN NULL;
END $$;

CREATE FUNCTION situation.follow_road() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'situation', 'public'
    AS $$
BEGIN
  PERFORM announce_structure('road', NULL, COALESCE(NEW.id, OLD.id), OLD.line, NEW.line);
  RETURN NULL;
END $$;

CREATE FUNCTION situation.grant_api(api name) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'situation', 'public'
    AS $$
DECLARE
  found record;
BEGIN
  EXECUTE format('GRANT USAGE ON SCHEMA situation TO %I', api);
  -- Hangfire makes its own tables; those that a superuser's server made before become its own
  EXECUTE format('GRANT USAGE, CREATE ON SCHEMA hangfire TO %I', api);
  EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA hangfire TO %I', api);
  IF (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
    FOR found IN SELECT oid::regclass AS name FROM pg_class WHERE relnamespace = 'hangfire'::regnamespace AND relkind = 'r' LOOP
      EXECUTE format('ALTER TABLE %s OWNER TO %I', found.name, api);
    END LOOP;
  END IF;
  EXECUTE format('GRANT USAGE ON ALL SEQUENCES IN SCHEMA situation TO %I', api);
  FOR found IN
    SELECT c.oid::regclass AS name, CASE
        -- a view would be written through with the rights of its owner
        WHEN c.relkind = 'v' OR c.relname IN ('schema_version', 'schema_object') THEN 'SELECT'
        WHEN EXISTS (SELECT FROM pg_trigger t WHERE t.tgrelid = c.oid AND t.tgfoid = 'refuse_change'::regproc) THEN 'SELECT, INSERT'
        ELSE 'SELECT, INSERT, UPDATE, DELETE' END AS rights
    FROM pg_class c WHERE c.relnamespace = 'situation'::regnamespace AND c.relkind IN ('r', 'v')
  LOOP
    EXECUTE format('REVOKE ALL ON %s FROM %I', found.name, api);
    EXECUTE format('GRANT %s ON %s TO %I', found.rights, found.name, api);
  END LOOP;
END $$;

CREATE FUNCTION situation.has_fields_of(kind situation.fact_kind, data jsonb) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN ((jsonb_typeof(data) = 'object'::text) AND CASE kind WHEN 'survey'::situation.fact_kind THEN (((data -> 'members'::text) >= '0'::jsonb) AND ((data -> 'members'::text) <= '99'::jsonb)) WHEN 'departed'::situation.fact_kind THEN true WHEN 'returned'::situation.fact_kind THEN ((data ->> 'risk'::text) = ANY (ARRAY['high'::text, 'medium'::text, 'low'::text])) WHEN 'contact'::situation.fact_kind THEN (((data -> 'degree'::text) >= '1'::jsonb) AND ((data -> 'degree'::text) <= '2'::jsonb) AND (jsonb_typeof((data -> 'lastExposure'::text)) = 'string'::text)) WHEN 'case'::situation.fact_kind THEN (jsonb_typeof((data -> 'confirmed'::text)) = 'boolean'::text) WHEN 'order'::situation.fact_kind THEN (((data ->> 'measure'::text) = ANY (ARRAY['quarantine'::text, 'observation'::text])) AND (((data ->> 'days'::text) IS NULL) <> ((data ->> 'until'::text) IS NULL))) WHEN 'release'::situation.fact_kind THEN (jsonb_typeof((data -> 'order'::text)) = 'string'::text) WHEN 'temperature'::situation.fact_kind THEN (((data -> 'celsius'::text) >= '30'::jsonb) AND ((data -> 'celsius'::text) <= '45'::jsonb)) WHEN 'test'::situation.fact_kind THEN ((data ->> 'result'::text) = ANY (ARRAY['positive'::text, 'negative'::text])) WHEN 'passage'::situation.fact_kind THEN ((jsonb_typeof((data -> 'checkpoint'::text)) = 'string'::text) AND ((data ->> 'direction'::text) = ANY (ARRAY['in'::text, 'out'::text]))) WHEN 'override'::situation.fact_kind THEN (((data ->> 'status'::text) = ANY (ARRAY['healthy'::text, 'out'::text, 'observed'::text, 'quarantined'::text])) AND (jsonb_typeof((data -> 'reason'::text)) = 'string'::text)) WHEN 'retraction'::situation.fact_kind THEN ((jsonb_typeof((data -> 'fact'::text)) = 'string'::text) AND (jsonb_typeof((data -> 'reason'::text)) = 'string'::text)) WHEN 'visit'::situation.fact_kind THEN (((data ->> 'outcome'::text) = ANY (ARRAY['met'::text, 'nobody'::text, 'refused'::text, 'moved'::text])) AND ((data ->> 'by'::text) = ANY (ARRAY['door'::text, 'phone'::text, 'video'::text]))) WHEN 'circumstance'::situation.fact_kind THEN ((data ->> 'what'::text) = ANY (ARRAY['livesAlone'::text, 'childAlone'::text, 'over80'::text, 'dependent'::text, 'chronic'::text, 'pregnant'::text, 'hardship'::text, 'noPhone'::text])) WHEN 'need'::situation.fact_kind THEN (((data ->> 'what'::text) = ANY (ARRAY['food'::text, 'medicine'::text, 'doctor'::text, 'transport'::text, 'care'::text, 'child'::text, 'money'::text, 'talk'::text, 'other'::text])) AND ((data ->> 'urgency'::text) = ANY (ARRAY['now'::text, 'today'::text, 'days'::text]))) WHEN 'served'::situation.fact_kind THEN ((jsonb_typeof((data -> 'need'::text)) = 'string'::text) AND ((data ->> 'outcome'::text) = ANY (ARRAY['done'::text, 'partly'::text, 'refused'::text]))) WHEN 'facility'::situation.fact_kind THEN ((data ->> 'where'::text) = ANY (ARRAY['hospital'::text, 'hotel'::text, 'other'::text])) WHEN 'undertaking'::situation.fact_kind THEN ((data ->> 'signed'::text) = ANY (ARRAY['paper'::text, 'page'::text])) WHEN 'objection'::situation.fact_kind THEN (jsonb_typeof((data -> 'note'::text)) = 'string'::text) WHEN 'answered'::situation.fact_kind THEN ((jsonb_typeof((data -> 'objection'::text)) = 'string'::text) AND ((data ->> 'outcome'::text) = ANY (ARRAY['granted'::text, 'refused'::text, 'explained'::text]))) WHEN 'purchase'::situation.fact_kind THEN ((data ->> 'what'::text) = ANY (ARRAY['antipyretic'::text, 'cough'::text, 'antibiotic'::text])) WHEN 'backToWork'::situation.fact_kind THEN (jsonb_typeof((data -> 'at'::text)) = 'string'::text) WHEN 'assignment'::situation.fact_kind THEN true WHEN 'pass'::situation.fact_kind THEN (((data -> 'serial'::text) >= '1'::jsonb) AND ((data -> 'serial'::text) <= '2147483647'::jsonb) AND ((data ->> 'kind'::text) = ANY (ARRAY['resident'::text, 'worker'::text, 'carer'::text])) AND (jsonb_typeof((data -> 'from'::text)) = 'string'::text) AND (jsonb_typeof((data -> 'to'::text)) = 'string'::text)) WHEN 'passEnd'::situation.fact_kind THEN (((data -> 'serial'::text) >= '1'::jsonb) AND ((data -> 'serial'::text) <= '2147483647'::jsonb) AND ((data ->> 'why'::text) = ANY (ARRAY['replaced'::text, 'lost'::text, 'misused'::text, 'moved'::text, 'other'::text]))) WHEN 'crossing'::situation.fact_kind THEN ((jsonb_typeof((data -> 'checkpoint'::text)) = 'string'::text) AND ((data ->> 'direction'::text) = ANY (ARRAY['in'::text, 'out'::text])) AND ((data ->> 'who'::text) = ANY (ARRAY['visitor'::text, 'courier'::text, 'vehicle'::text, 'worker'::text])) AND ((data ->> 'outcome'::text) = ANY (ARRAY['go'::text, 'stop'::text, 'refer'::text]))) WHEN 'declaration'::situation.fact_kind THEN ((data ->> 'what'::text) = ANY (ARRAY['returned'::text, 'departed'::text, 'symptoms'::text])) ELSE NULL::boolean END);

CREATE FUNCTION situation.is_filling() RETURNS boolean
    LANGUAGE sql STABLE
    RETURN (COALESCE(current_setting('situation.filling'::text, true), ''::text) = 'on'::text);

CREATE FUNCTION situation.is_mappable(outline public.geometry) RETURNS boolean
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN ((NOT public.st_isempty(outline)) AND public.st_isvalid(outline) AND (public.st_xmin((outline)::public.box3d) >= ('-180'::integer)::double precision) AND (public.st_xmax((outline)::public.box3d) <= (180)::double precision) AND (public.st_ymin((outline)::public.box3d) >= ('-85.06'::numeric)::double precision) AND (public.st_ymax((outline)::public.box3d) <= (85.06)::double precision));

CREATE FUNCTION situation.mark_households(households integer[], at timestamp with time zone) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'situation', 'public'
    AS $$
BEGIN
  INSERT INTO dirty_household (household, marked_at) SELECT DISTINCT household, at FROM unnest(households) AS marked (household);
END $$;

CREATE FUNCTION situation.mark_dirty(households integer[], at timestamp with time zone) RETURNS void
    LANGUAGE sql
    BEGIN ATOMIC
 SELECT situation.mark_households(households, at) AS mark_households;
 SELECT pg_notify('situation_dirty'::text, ''::text) AS pg_notify;
END;

CREATE FUNCTION situation.mark_moved_building() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'situation', 'public'
    AS $$
BEGIN
  IF OLD.outline IS DISTINCT FROM NEW.outline THEN
    PERFORM mark_dirty(ARRAY(SELECT id FROM household WHERE building = NEW.id), clock_timestamp());
  END IF;
  RETURN NULL;
END $$;

CREATE FUNCTION situation.mark_moved_household() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'situation', 'public'
    AS $$
BEGIN
  PERFORM mark_dirty(ARRAY[NEW.id], clock_timestamp());
  RETURN NULL;
END $$;

CREATE FUNCTION situation.raise_access_version() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'situation', 'public'
    AS $$
BEGIN
  UPDATE access_version SET version = version + 1;
  RETURN NULL;
END $$;

CREATE FUNCTION situation.refuse_change() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'situation', 'public'
    AS $$
BEGIN
  RAISE EXCEPTION 'rows of % are only added; report a retraction instead', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;

CREATE FUNCTION situation.replication() RETURNS TABLE(standbys bigint, lag double precision)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog'
    AS $$
  SELECT count(*), CASE WHEN bool_and(state IS NOT NULL) IS NOT FALSE THEN COALESCE(extract(epoch FROM max(replay_lag)), 0)::float8 END
  FROM pg_stat_replication
$$;

CREATE TABLE situation.fact (
    id uuid NOT NULL,
    grid public.ltree NOT NULL,
    household integer NOT NULL,
    person integer,
    kind situation.fact_kind NOT NULL,
    at timestamp with time zone NOT NULL,
    received_at timestamp with time zone NOT NULL,
    source text NOT NULL,
    data jsonb NOT NULL,
    account text,
    account_kind text,
    hands text[],
    refers_to uuid GENERATED ALWAYS AS (("substring"(
CASE kind
    WHEN 'retraction'::situation.fact_kind THEN (data ->> 'fact'::text)
    WHEN 'release'::situation.fact_kind THEN (data ->> 'order'::text)
    WHEN 'override'::situation.fact_kind THEN (data ->> 'confirms'::text)
    WHEN 'order'::situation.fact_kind THEN (data ->> 'confirms'::text)
    WHEN 'served'::situation.fact_kind THEN (data ->> 'need'::text)
    WHEN 'objection'::situation.fact_kind THEN (data ->> 'about'::text)
    WHEN 'answered'::situation.fact_kind THEN (data ->> 'objection'::text)
    ELSE NULL::text
END, '^[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$'::text))::uuid) STORED,
    clock timestamp with time zone,
    CONSTRAINT fact_account_kind_check CHECK ((account_kind = ANY (ARRAY['local'::text, 'session'::text, 'key'::text, 'token'::text, 'door'::text]))),
    CONSTRAINT fact_data CHECK ((situation.has_fields_of(kind, data) IS TRUE)),
    CONSTRAINT fact_source_check CHECK ((source <> ''::text))
);

CREATE FUNCTION situation.retracted_facts(candidates uuid[]) RETURNS SETOF uuid
    LANGUAGE sql STABLE PARALLEL SAFE
    BEGIN ATOMIC
 WITH RECURSIVE retraction AS (
          SELECT r.id,
             r.household,
             r.refers_to,
             1 AS depth
            FROM ((unnest(retracted_facts.candidates) candidate(id)
              JOIN situation.fact f USING (id))
              JOIN situation.fact r ON (((r.refers_to = f.id) AND (r.household = f.household) AND (r.kind = 'retraction'::situation.fact_kind))))
           WHERE (f.kind <> 'retraction'::situation.fact_kind)
         UNION ALL
          SELECT r.id,
             r.household,
             r.refers_to,
             (a.depth + 1)
            FROM (retraction a
              JOIN situation.fact r ON (((r.refers_to = a.id) AND (r.household = a.household) AND (r.kind = 'retraction'::situation.fact_kind))))
         ), settled(depth, retracted) AS (
          SELECT (max(retraction.depth) + 1) AS "?column?",
             ARRAY[]::uuid[] AS "array"
            FROM retraction
         UNION ALL
          SELECT (s.depth - 1),
             ARRAY( SELECT r.refers_to
                    FROM retraction r
                   WHERE ((r.depth = (s.depth - 1)) AND (NOT (r.id IN ( SELECT unnest(s.retracted) AS unnest))))) AS "array"
            FROM settled s
           WHERE (s.depth > 1)
         )
  SELECT DISTINCT unnest(settled.retracted) AS unnest
    FROM settled
   WHERE (settled.depth = 1);
END;

CREATE FUNCTION situation.settle_passages(checkpoints integer[], recorded timestamp with time zone) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'situation', 'public'
    AS $$
BEGIN
  INSERT INTO last_passage (checkpoint) SELECT id FROM checkpoint WHERE id = ANY (checkpoints) ORDER BY id ON CONFLICT DO NOTHING;
  PERFORM FROM last_passage WHERE checkpoint = ANY (checkpoints) ORDER BY checkpoint FOR UPDATE;
  -- A statement of its own: it sees the passages that were committed while the one before waited for another worker.
  WITH found AS MATERIALIZED (
    SELECT c.id, c.grid, c.location, l.direction
    FROM checkpoint c JOIN last_passage s ON s.checkpoint = c.id
    -- LEFT JOIN is intentional: every passage may have been retracted
    LEFT JOIN LATERAL (
      SELECT f.data->>'direction' AS direction
      FROM fact f
      WHERE f.kind = 'passage' AND f.data->>'checkpoint' = c.code
        AND NOT EXISTS (SELECT FROM retracted_facts(ARRAY[f.id]))  -- asked of the last one first, and seldom of another
      ORDER BY f.at DESC, f.received_at DESC, f.id LIMIT 1
    ) l ON true
    WHERE c.id = ANY (checkpoints) AND l.direction IS DISTINCT FROM s.direction
  ), drawn AS MATERIALIZED (
    SELECT d.* FROM (SELECT count(*)::int AS n FROM found HAVING count(*) > 0) f, draw_sequences(f.n, recorded) d
  ), kept AS (
    UPDATE last_passage s SET direction = found.direction FROM found WHERE s.checkpoint = found.id
  )
  INSERT INTO feed (sequence, recorded_at, kind, grid, subject, direction, touched)
  SELECT first + row_number() OVER (ORDER BY id) - 1, recorded_at, 'passage', grid, id, direction, ST_Collect(ARRAY[location])
  FROM found CROSS JOIN drawn;
  IF FOUND THEN
    PERFORM pg_notify('situation_feed', last::text) FROM feed_counter;
  END IF;
END $$;

CREATE TABLE situation.zone_version (
    zone integer NOT NULL,
    version integer NOT NULL,
    name text NOT NULL,
    level text,
    outline public.geometry(MultiPolygon,4326) NOT NULL,
    effective_from timestamp with time zone NOT NULL,
    effective_to timestamp with time zone,
    author text NOT NULL,
    reason text NOT NULL,
    recorded_at timestamp with time zone NOT NULL,
    approver text,
    CONSTRAINT zone_version_approver_check CHECK ((approver <> ''::text)),
    CONSTRAINT zone_version_author_check CHECK ((author <> ''::text)),
    CONSTRAINT zone_version_check CHECK ((effective_to > effective_from)),
    CONSTRAINT zone_version_name_check CHECK ((name <> ''::text)),
    CONSTRAINT zone_version_outline_check CHECK (situation.is_mappable(outline)),
    CONSTRAINT zone_version_reason_check CHECK ((reason <> ''::text)),
    CONSTRAINT zone_version_two_persons CHECK ((approver <> author)),
    CONSTRAINT zone_version_version_check CHECK ((version >= 1))
);

CREATE FUNCTION situation.zone_periods_known(known timestamp with time zone) RETURNS TABLE(zone integer, version integer, name text, level text, outline public.geometry, starts_at timestamp with time zone, ends_at timestamp with time zone)
    LANGUAGE sql STABLE PARALLEL SAFE
    BEGIN ATOMIC
 SELECT p.zone,
     p.version,
     p.name,
     p.level,
     p.outline,
     p.starts_at,
     p.ends_at
    FROM ( SELECT v.zone,
             v.version,
             v.name,
             v.level,
             v.outline,
             v.effective_from AS starts_at,
             LEAST(v.effective_to, lead(v.effective_from) OVER (PARTITION BY v.zone ORDER BY v.effective_from, v.version)) AS ends_at
            FROM situation.zone_version v
           WHERE (v.recorded_at <= zone_periods_known.known)) p
   WHERE ((p.level IS NOT NULL) AND ((p.ends_at IS NULL) OR (p.starts_at < p.ends_at)));
END;

CREATE TABLE situation.access_version (
    singleton boolean DEFAULT true NOT NULL,
    version bigint NOT NULL,
    CONSTRAINT access_version_singleton_check CHECK (singleton)
);

CREATE TABLE situation.audit_head (
    singleton boolean DEFAULT true NOT NULL,
    sequence bigint NOT NULL,
    seal bytea NOT NULL,
    CONSTRAINT audit_head_singleton_check CHECK (singleton)
);

ALTER TABLE situation.audit ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME situation.audit_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE situation.audit_seal (
    sequence bigint NOT NULL,
    entry bigint NOT NULL,
    seal bytea NOT NULL
);

CREATE TABLE situation.building (
    grid public.ltree NOT NULL,
    id integer NOT NULL,
    code text NOT NULL,
    address text NOT NULL,
    kind text NOT NULL,
    floors smallint NOT NULL,
    units smallint NOT NULL,
    outline public.geometry(MultiPolygon,4326) NOT NULL,
    point public.geometry(Point,4326) GENERATED ALWAYS AS (public.st_pointonsurface(outline)) STORED NOT NULL,
    CONSTRAINT building_address_check CHECK ((address <> ''::text)),
    CONSTRAINT building_code_check CHECK ((code <> ''::text)),
    CONSTRAINT building_floors_check CHECK (((floors >= 1) AND (floors <= 120))),
    CONSTRAINT building_kind_check CHECK ((kind = ANY (ARRAY['house'::text, 'slab'::text, 'tower'::text, 'shop'::text, 'other'::text]))),
    CONSTRAINT building_outline_check CHECK (situation.is_mappable(outline)),
    CONSTRAINT building_units_check CHECK (((units >= 0) AND (units <= 100)))
);

ALTER TABLE situation.building ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME situation.building_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE situation.checkpoint (
    grid public.ltree NOT NULL,
    id integer NOT NULL,
    code text NOT NULL,
    name text NOT NULL,
    manned boolean NOT NULL,
    location public.geometry(Point,4326) NOT NULL,
    CONSTRAINT checkpoint_code_check CHECK ((code <> ''::text)),
    CONSTRAINT checkpoint_location_check CHECK (situation.is_mappable(location)),
    CONSTRAINT checkpoint_name_check CHECK ((name <> ''::text))
);

ALTER TABLE situation.checkpoint ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME situation.checkpoint_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE VIEW situation.counting_fact AS
 SELECT f.id,
    f.grid,
    f.household,
    f.person,
    f.kind,
    f.at,
    f.received_at,
    f.source,
    f.data,
    f.account,
    f.account_kind,
    f.hands,
    f.refers_to,
    f.clock
   FROM situation.fact f
  WHERE ((f.kind <> 'retraction'::situation.fact_kind) AND (NOT (EXISTS ( SELECT
           FROM situation.retracted_facts(ARRAY( SELECT fact.refers_to
                   FROM situation.fact
                  WHERE (fact.kind = 'retraction'::situation.fact_kind))) retracted(id)
          WHERE (retracted.id = f.id)))));

CREATE TABLE situation.crossing (
    id uuid NOT NULL,
    checkpoint text NOT NULL,
    at timestamp with time zone NOT NULL,
    received_at timestamp with time zone NOT NULL,
    data jsonb NOT NULL,
    source text NOT NULL,
    account text NOT NULL,
    account_kind text NOT NULL
);

CREATE TABLE situation.delivery (
    id bigint NOT NULL,
    subscription uuid NOT NULL,
    event text NOT NULL,
    kind text NOT NULL,
    lane text NOT NULL,
    body jsonb NOT NULL,
    made_at timestamp with time zone NOT NULL,
    state text DEFAULT 'waiting'::text NOT NULL,
    attempts integer DEFAULT 0 NOT NULL,
    next_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone,
    answer integer,
    fault text,
    CONSTRAINT delivery_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'delivered'::text, 'dead'::text])))
);

ALTER TABLE situation.delivery ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME situation.delivery_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE situation.deployment_key (
    generation integer NOT NULL,
    proof bytea NOT NULL,
    first_seal bigint NOT NULL,
    after_loss boolean NOT NULL,
    made_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT deployment_key_generation_check CHECK ((generation >= 1))
);

CREATE TABLE situation.dirty_household (
    household integer NOT NULL,
    marked_at timestamp with time zone NOT NULL,
    id bigint NOT NULL
);

ALTER TABLE situation.dirty_household ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME situation.dirty_household_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE situation.door_code (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    household integer NOT NULL,
    hash bytea NOT NULL,
    made_at timestamp with time zone DEFAULT now() NOT NULL,
    revoked_at timestamp with time zone,
    CONSTRAINT door_code_hash_check CHECK ((length(hash) = 32))
);

CREATE TABLE situation.duty_step (
    id uuid NOT NULL,
    post integer NOT NULL,
    shift uuid NOT NULL,
    kind text NOT NULL,
    at timestamp with time zone NOT NULL,
    received_at timestamp with time zone NOT NULL,
    worker integer,
    starts_at timestamp with time zone,
    ends_at timestamp with time zone,
    step uuid,
    account text NOT NULL,
    CONSTRAINT duty_step_check CHECK ((ends_at > starts_at)),
    CONSTRAINT duty_step_check1 CHECK (((kind = ANY (ARRAY['planned'::text, 'substituted'::text])) = (worker IS NOT NULL))),
    CONSTRAINT duty_step_check2 CHECK (((kind = 'planned'::text) = ((starts_at IS NOT NULL) AND (ends_at IS NOT NULL)))),
    CONSTRAINT duty_step_check3 CHECK (((kind = 'retracted'::text) = (step IS NOT NULL))),
    CONSTRAINT duty_step_kind_check CHECK ((kind = ANY (ARRAY['planned'::text, 'cancelled'::text, 'arrived'::text, 'left'::text, 'substituted'::text, 'retracted'::text])))
);

CREATE TABLE situation.export_piece (
    export uuid NOT NULL,
    ordinal integer NOT NULL,
    bytes bytea NOT NULL
);

CREATE TABLE situation.export_run (
    id uuid NOT NULL,
    account text NOT NULL,
    what jsonb NOT NULL,
    grids public.ltree[],
    state text DEFAULT 'waiting'::text NOT NULL,
    fault jsonb,
    bytes bigint,
    added_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    enqueued_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    ended_at timestamp with time zone
);

CREATE TABLE situation.fact_text (
    fact uuid NOT NULL,
    generation integer NOT NULL,
    reason bytea NOT NULL,
    made_at timestamp with time zone NOT NULL
);

CREATE TABLE situation.grid (
    path public.ltree NOT NULL,
    id integer NOT NULL,
    code text GENERATED ALWAYS AS (replace(public.ltree2text(path), '.'::text, '-'::text)) STORED NOT NULL,
    parent public.ltree GENERATED ALWAYS AS (
CASE
    WHEN (public.nlevel(path) > 1) THEN public.subpath(path, 0, '-1'::integer)
    ELSE NULL::public.ltree
END) STORED,
    level text NOT NULL,
    name text NOT NULL,
    outline public.geometry(MultiPolygon,4326) NOT NULL,
    CONSTRAINT grid_level_check CHECK ((level = ANY (ARRAY['province'::text, 'city'::text, 'district'::text, 'street'::text, 'community'::text, 'grid'::text]))),
    CONSTRAINT grid_name_check CHECK ((name <> ''::text)),
    CONSTRAINT grid_outline_check CHECK (situation.is_mappable(outline))
);

ALTER TABLE situation.grid ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME situation.grid_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE situation.household (
    grid public.ltree NOT NULL,
    id integer NOT NULL,
    code text NOT NULL,
    building integer NOT NULL,
    floor smallint NOT NULL,
    unit smallint NOT NULL,
    room smallint NOT NULL,
    tenure text DEFAULT 'owned'::text NOT NULL,
    pass_issued_at timestamp with time zone,
    doors smallint DEFAULT 1 NOT NULL,
    CONSTRAINT household_code_check CHECK ((code <> ''::text)),
    CONSTRAINT household_doors_check CHECK (((doors >= 1) AND (doors <= 10))),
    CONSTRAINT household_floor_check CHECK (((floor >= '-5'::integer) AND (floor <= 120))),
    CONSTRAINT household_room_check CHECK (((room >= 1) AND (room <= 100))),
    CONSTRAINT household_tenure_check CHECK ((tenure = ANY (ARRAY['owned'::text, 'let'::text]))),
    CONSTRAINT household_unit_check CHECK (((unit >= 1) AND (unit <= 100)))
);

ALTER TABLE situation.household ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME situation.household_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE situation.household_status (
    grid public.ltree NOT NULL,
    household integer NOT NULL,
    status situation.status NOT NULL,
    surveyed boolean NOT NULL,
    since timestamp with time zone,
    until timestamp with time zone,
    edition text NOT NULL,
    next_due timestamp with time zone,
    sequence bigint NOT NULL,
    CONSTRAINT household_status_check CHECK ((until > since))
)
WITH (fillfactor='85');

CREATE TABLE situation.import_run (
    id uuid NOT NULL,
    folder text NOT NULL,
    file text NOT NULL,
    what jsonb NOT NULL,
    state text DEFAULT 'waiting'::text NOT NULL,
    progress double precision DEFAULT 0 NOT NULL,
    report jsonb,
    preview bytea,
    fault jsonb,
    added_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    enqueued_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    ended_at timestamp with time zone
);

CREATE TABLE situation.job_run (
    id bigint NOT NULL,
    job text NOT NULL,
    began_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone,
    progress double precision,
    succeeded boolean,
    summary text DEFAULT ''::text NOT NULL,
    ordered_as text,
    CONSTRAINT job_run_check CHECK (((ended_at IS NULL) = (succeeded IS NULL))),
    CONSTRAINT job_run_progress_check CHECK (((progress >= (0)::double precision) AND (progress <= (1)::double precision)))
);

ALTER TABLE situation.job_run ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME situation.job_run_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE situation.last_passage (
    checkpoint integer NOT NULL,
    direction text,
    CONSTRAINT last_passage_direction_check CHECK ((direction = ANY (ARRAY['in'::text, 'out'::text])))
);

CREATE SEQUENCE situation.pass_serial
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

CREATE TABLE situation.person (
    grid public.ltree NOT NULL,
    id integer NOT NULL,
    code text NOT NULL,
    household integer NOT NULL,
    born smallint,
    sex text,
    CONSTRAINT person_born_check CHECK (((born >= 1880) AND (born <= 2200))),
    CONSTRAINT person_code_check CHECK ((code <> ''::text)),
    CONSTRAINT person_sex_check CHECK ((sex = ANY (ARRAY['female'::text, 'male'::text])))
);

CREATE TABLE situation.person_detail (
    person integer NOT NULL,
    generation integer NOT NULL,
    name bytea,
    name_index bytea,
    phone bytea,
    phone_index bytea,
    number bytea,
    number_index bytea,
    changed_at timestamp with time zone NOT NULL,
    CONSTRAINT person_detail_check CHECK ((((name IS NULL) = (name_index IS NULL)) AND ((phone IS NULL) = (phone_index IS NULL)) AND ((number IS NULL) = (number_index IS NULL))))
);

ALTER TABLE situation.person ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME situation.person_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE situation.person_key (
    singleton boolean DEFAULT true NOT NULL,
    generation integer NOT NULL,
    proof bytea NOT NULL,
    form integer DEFAULT 0 NOT NULL,
    CONSTRAINT person_key_generation_check CHECK ((generation >= 1)),
    CONSTRAINT person_key_singleton_check CHECK (singleton)
);

CREATE TABLE situation.post (
    grid public.ltree NOT NULL,
    id integer NOT NULL,
    code text NOT NULL,
    name text NOT NULL,
    kind text NOT NULL,
    checkpoint integer,
    location public.geometry(Point,4326) NOT NULL,
    leader integer,
    CONSTRAINT post_code_check CHECK ((code <> ''::text)),
    CONSTRAINT post_kind_check CHECK ((kind <> ''::text)),
    CONSTRAINT post_location_check CHECK (situation.is_mappable(location)),
    CONSTRAINT post_name_check CHECK ((name <> ''::text))
);

CREATE TABLE situation.post_cover (
    post integer NOT NULL,
    cover text NOT NULL,
    since timestamp with time zone,
    manned boolean,
    told text,
    next_due timestamp with time zone NOT NULL,
    CONSTRAINT post_cover_cover_check CHECK ((cover = ANY (ARRAY['noPlan'::text, 'covered'::text, 'gap'::text]))),
    CONSTRAINT post_cover_told_check CHECK ((told = ANY (ARRAY['leader'::text, 'chief'::text])))
);

ALTER TABLE situation.post ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME situation.post_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE situation.public_figures (
    day date NOT NULL,
    figures jsonb NOT NULL
);

CREATE TABLE situation.recompute_part (
    run integer NOT NULL,
    first integer NOT NULL,
    last integer NOT NULL,
    done_at timestamp with time zone,
    households integer,
    changes integer,
    set_aside integer[] DEFAULT '{}'::integer[] NOT NULL,
    CONSTRAINT recompute_part_check CHECK ((first <= last))
);

CREATE TABLE situation.recompute_run (
    id integer NOT NULL,
    rules text NOT NULL,
    started_at timestamp with time zone NOT NULL,
    finished_at timestamp with time zone
);

ALTER TABLE situation.recompute_run ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME situation.recompute_run_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE situation.road (
    id integer NOT NULL,
    name text DEFAULT ''::text NOT NULL,
    class text NOT NULL,
    line public.geometry(MultiLineString,4326) NOT NULL,
    CONSTRAINT road_class_check CHECK ((class = ANY (ARRAY['street'::text, 'lane'::text, 'path'::text]))),
    CONSTRAINT road_line_check CHECK (situation.is_mappable(line))
);

ALTER TABLE situation.road ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME situation.road_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE situation.schema_object (
    name text NOT NULL,
    definition text NOT NULL,
    source text NOT NULL
);

CREATE TABLE situation.schema_version (
    version integer NOT NULL,
    name text NOT NULL,
    checksum text NOT NULL,
    applied_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT schema_version_version_check CHECK ((version >= 1))
);

CREATE TABLE situation.sign_in_try (
    name bytea NOT NULL,
    origin text NOT NULL,
    failures integer NOT NULL,
    last_at timestamp with time zone NOT NULL,
    waits_until timestamp with time zone NOT NULL,
    succeeded_at timestamp with time zone
);

CREATE TABLE situation.subscription (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    url text NOT NULL,
    kinds text[] NOT NULL,
    grids public.ltree[],
    bbox public.geometry(Polygon,4326),
    author text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    feed_cursor bigint NOT NULL,
    fact_cursor timestamp with time zone NOT NULL,
    key uuid,
    leased_until timestamp with time zone,
    key_generation integer DEFAULT 1 NOT NULL,
    CONSTRAINT subscription_author_check CHECK ((author <> ''::text)),
    CONSTRAINT subscription_grids_check CHECK ((grids <> '{}'::public.ltree[])),
    CONSTRAINT subscription_kinds_check CHECK (((kinds <@ ARRAY['status'::text, 'zone'::text, 'overdue'::text, 'passage'::text, 'cover'::text]) AND (kinds <> '{}'::text[]))),
    CONSTRAINT subscription_url_check CHECK ((url <> ''::text))
);

CREATE TABLE situation.subscription_overdue (
    subscription uuid NOT NULL,
    household integer NOT NULL
);

CREATE TABLE situation.worker (
    grid public.ltree NOT NULL,
    id integer NOT NULL,
    code text NOT NULL,
    account text,
    CONSTRAINT worker_code_check CHECK ((code <> ''::text))
);

ALTER TABLE situation.worker ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME situation.worker_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE situation.zone (
    id integer NOT NULL,
    code text NOT NULL,
    parent integer,
    CONSTRAINT zone_code_check CHECK ((code <> ''::text))
);

CREATE TABLE situation.zone_decision (
    zone integer NOT NULL,
    step text NOT NULL,
    body jsonb NOT NULL,
    actor text NOT NULL,
    grids text[] NOT NULL,
    decided_at timestamp with time zone NOT NULL,
    takes_effect_at timestamp with time zone NOT NULL,
    CONSTRAINT zone_decision_actor_check CHECK ((actor <> ''::text)),
    CONSTRAINT zone_decision_check CHECK ((takes_effect_at > decided_at))
);

CREATE TABLE situation.zone_draft (
    zone integer NOT NULL,
    state text NOT NULL,
    base integer NOT NULL,
    name text NOT NULL,
    level text,
    outline public.geometry(MultiPolygon,4326) NOT NULL,
    effective_from timestamp with time zone,
    effective_to timestamp with time zone,
    authors text[] NOT NULL,
    reason text NOT NULL,
    CONSTRAINT zone_draft_authors_check CHECK ((cardinality(authors) > 0)),
    CONSTRAINT zone_draft_base_check CHECK ((base >= 0)),
    CONSTRAINT zone_draft_check CHECK ((effective_to > effective_from)),
    CONSTRAINT zone_draft_name_check CHECK ((name <> ''::text)),
    CONSTRAINT zone_draft_outline_check CHECK (situation.is_mappable(outline)),
    CONSTRAINT zone_draft_reason_check CHECK ((reason <> ''::text)),
    CONSTRAINT zone_draft_state_check CHECK ((state = ANY (ARRAY['draft'::text, 'submitted'::text, 'rejected'::text])))
);

ALTER TABLE situation.zone ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME situation.zone_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE situation.zone_in_force (
    zone integer NOT NULL,
    version integer NOT NULL
);

CREATE VIEW situation.zone_period AS
 SELECT zone_periods_known.zone,
    zone_periods_known.version,
    zone_periods_known.name,
    zone_periods_known.level,
    zone_periods_known.outline,
    zone_periods_known.starts_at,
    zone_periods_known.ends_at
   FROM situation.zone_periods_known('infinity'::timestamp with time zone) zone_periods_known(zone, version, name, level, outline, starts_at, ends_at);

CREATE TABLE situation.zone_step (
    zone integer NOT NULL,
    step integer NOT NULL,
    action text NOT NULL,
    actor text NOT NULL,
    reason text NOT NULL,
    at timestamp with time zone NOT NULL,
    version integer,
    name text,
    level text,
    outline public.geometry(MultiPolygon,4326),
    effective_from timestamp with time zone,
    effective_to timestamp with time zone,
    CONSTRAINT zone_step_action_check CHECK ((action = ANY (ARRAY['drafted'::text, 'changed'::text, 'discarded'::text, 'submitted'::text, 'withdrawn'::text, 'rejected'::text, 'approved'::text, 'published'::text, 'lowered'::text, 'ended'::text, 'rolled-back'::text, 'split'::text, 'decided'::text, 'taken-back'::text, 'lapsed'::text]))),
    CONSTRAINT zone_step_actor_check CHECK ((actor <> ''::text)),
    CONSTRAINT zone_step_check CHECK (((action = ANY (ARRAY['drafted'::text, 'changed'::text])) = (outline IS NOT NULL))),
    CONSTRAINT zone_step_step_check CHECK ((step >= 1))
);

ALTER TABLE ONLY situation.access_grant
    ADD CONSTRAINT access_grant_pkey PRIMARY KEY (id);

ALTER TABLE ONLY situation.access_version
    ADD CONSTRAINT access_version_pkey PRIMARY KEY (singleton);

ALTER TABLE ONLY situation.account
    ADD CONSTRAINT account_pkey PRIMARY KEY (name);

ALTER TABLE ONLY situation.audit_head
    ADD CONSTRAINT audit_head_pkey PRIMARY KEY (singleton);

ALTER TABLE ONLY situation.audit
    ADD CONSTRAINT audit_pkey PRIMARY KEY (id);

ALTER TABLE ONLY situation.audit_seal
    ADD CONSTRAINT audit_seal_entry_key UNIQUE (entry);

ALTER TABLE ONLY situation.audit_seal
    ADD CONSTRAINT audit_seal_pkey PRIMARY KEY (sequence);

ALTER TABLE ONLY situation.building
    ADD CONSTRAINT building_code_key UNIQUE (code);

ALTER TABLE ONLY situation.building
    ADD CONSTRAINT building_id_key UNIQUE (id);

ALTER TABLE ONLY situation.building
    ADD CONSTRAINT building_pkey PRIMARY KEY (grid, id);

ALTER TABLE ONLY situation.checkpoint
    ADD CONSTRAINT checkpoint_code_key UNIQUE (code);

ALTER TABLE ONLY situation.checkpoint
    ADD CONSTRAINT checkpoint_id_key UNIQUE (id);

ALTER TABLE ONLY situation.checkpoint
    ADD CONSTRAINT checkpoint_pkey PRIMARY KEY (grid, id);

ALTER TABLE ONLY situation.credential
    ADD CONSTRAINT credential_hash_key UNIQUE (hash);

ALTER TABLE ONLY situation.credential
    ADD CONSTRAINT credential_pkey PRIMARY KEY (id);

ALTER TABLE ONLY situation.crossing
    ADD CONSTRAINT crossing_pkey PRIMARY KEY (id);

ALTER TABLE ONLY situation.delivery
    ADD CONSTRAINT delivery_pkey PRIMARY KEY (id);

ALTER TABLE ONLY situation.delivery
    ADD CONSTRAINT delivery_subscription_event_key UNIQUE (subscription, event);

ALTER TABLE ONLY situation.deployment_key
    ADD CONSTRAINT deployment_key_pkey PRIMARY KEY (generation);

ALTER TABLE ONLY situation.dirty_household
    ADD CONSTRAINT dirty_household_pkey PRIMARY KEY (id);

ALTER TABLE ONLY situation.door_code
    ADD CONSTRAINT door_code_hash_key UNIQUE (hash);

ALTER TABLE ONLY situation.door_code
    ADD CONSTRAINT door_code_pkey PRIMARY KEY (id);

ALTER TABLE ONLY situation.duty_step
    ADD CONSTRAINT duty_step_pkey PRIMARY KEY (id);

ALTER TABLE ONLY situation.export_piece
    ADD CONSTRAINT export_piece_pkey PRIMARY KEY (export, ordinal);

ALTER TABLE ONLY situation.export_run
    ADD CONSTRAINT export_run_pkey PRIMARY KEY (id);

ALTER TABLE ONLY situation.fact
    ADD CONSTRAINT fact_pkey PRIMARY KEY (id);

ALTER TABLE ONLY situation.fact_text
    ADD CONSTRAINT fact_text_pkey PRIMARY KEY (fact);

ALTER TABLE ONLY situation.feed_counter
    ADD CONSTRAINT feed_counter_pkey PRIMARY KEY (singleton);

ALTER TABLE ONLY situation.feed
    ADD CONSTRAINT feed_pkey PRIMARY KEY (sequence);

ALTER TABLE ONLY situation.grid
    ADD CONSTRAINT grid_code_key UNIQUE (code);

ALTER TABLE ONLY situation.grid
    ADD CONSTRAINT grid_id_key UNIQUE (id);

ALTER TABLE ONLY situation.grid
    ADD CONSTRAINT grid_pkey PRIMARY KEY (path);

ALTER TABLE ONLY situation.household
    ADD CONSTRAINT household_building_unit_floor_room_key UNIQUE (building, unit, floor, room);

ALTER TABLE ONLY situation.household
    ADD CONSTRAINT household_code_key UNIQUE (code);

ALTER TABLE ONLY situation.household
    ADD CONSTRAINT household_id_key UNIQUE (id);

ALTER TABLE ONLY situation.household
    ADD CONSTRAINT household_pkey PRIMARY KEY (grid, id);

ALTER TABLE ONLY situation.household_status
    ADD CONSTRAINT household_status_pkey PRIMARY KEY (grid, household);

ALTER TABLE ONLY situation.import_run
    ADD CONSTRAINT import_run_pkey PRIMARY KEY (id);

ALTER TABLE ONLY situation.job_run
    ADD CONSTRAINT job_run_pkey PRIMARY KEY (id);

ALTER TABLE ONLY situation.last_passage
    ADD CONSTRAINT last_passage_pkey PRIMARY KEY (checkpoint);

ALTER TABLE ONLY situation.person
    ADD CONSTRAINT person_code_key UNIQUE (code);

ALTER TABLE ONLY situation.person_detail
    ADD CONSTRAINT person_detail_pkey PRIMARY KEY (person);

ALTER TABLE ONLY situation.person
    ADD CONSTRAINT person_household_id_key UNIQUE (household, id);

ALTER TABLE ONLY situation.person
    ADD CONSTRAINT person_id_key UNIQUE (id);

ALTER TABLE ONLY situation.person_key
    ADD CONSTRAINT person_key_pkey PRIMARY KEY (singleton);

ALTER TABLE ONLY situation.person
    ADD CONSTRAINT person_pkey PRIMARY KEY (grid, id);

ALTER TABLE ONLY situation.post
    ADD CONSTRAINT post_checkpoint_key UNIQUE (checkpoint);

ALTER TABLE ONLY situation.post
    ADD CONSTRAINT post_code_key UNIQUE (code);

ALTER TABLE ONLY situation.post_cover
    ADD CONSTRAINT post_cover_pkey PRIMARY KEY (post);

ALTER TABLE ONLY situation.post
    ADD CONSTRAINT post_pkey PRIMARY KEY (id);

ALTER TABLE ONLY situation.public_figures
    ADD CONSTRAINT public_figures_pkey PRIMARY KEY (day);

ALTER TABLE ONLY situation.recompute_part
    ADD CONSTRAINT recompute_part_pkey PRIMARY KEY (run, first);

ALTER TABLE ONLY situation.recompute_run
    ADD CONSTRAINT recompute_run_pkey PRIMARY KEY (id);

ALTER TABLE ONLY situation.road
    ADD CONSTRAINT road_pkey PRIMARY KEY (id);

ALTER TABLE ONLY situation.schema_object
    ADD CONSTRAINT schema_object_pkey PRIMARY KEY (name);

ALTER TABLE ONLY situation.schema_version
    ADD CONSTRAINT schema_version_pkey PRIMARY KEY (version);

ALTER TABLE ONLY situation.second_factor
    ADD CONSTRAINT second_factor_pkey PRIMARY KEY (account);

ALTER TABLE ONLY situation.second_factor_role
    ADD CONSTRAINT second_factor_role_pkey PRIMARY KEY (role);

ALTER TABLE ONLY situation.sign_in_try
    ADD CONSTRAINT sign_in_try_pkey PRIMARY KEY (name, origin);

ALTER TABLE ONLY situation.subscription_overdue
    ADD CONSTRAINT subscription_overdue_pkey PRIMARY KEY (subscription, household);

ALTER TABLE ONLY situation.subscription
    ADD CONSTRAINT subscription_pkey PRIMARY KEY (id);

ALTER TABLE ONLY situation.worker
    ADD CONSTRAINT worker_account_key UNIQUE (account);

ALTER TABLE ONLY situation.worker
    ADD CONSTRAINT worker_code_key UNIQUE (code);

ALTER TABLE ONLY situation.worker
    ADD CONSTRAINT worker_pkey PRIMARY KEY (id);

ALTER TABLE ONLY situation.zone
    ADD CONSTRAINT zone_code_key UNIQUE (code);

ALTER TABLE ONLY situation.zone_decision
    ADD CONSTRAINT zone_decision_pkey PRIMARY KEY (zone);

ALTER TABLE ONLY situation.zone_draft
    ADD CONSTRAINT zone_draft_pkey PRIMARY KEY (zone);

ALTER TABLE ONLY situation.zone_in_force
    ADD CONSTRAINT zone_in_force_pkey PRIMARY KEY (zone);

ALTER TABLE ONLY situation.zone
    ADD CONSTRAINT zone_pkey PRIMARY KEY (id);

ALTER TABLE ONLY situation.zone_step
    ADD CONSTRAINT zone_step_pkey PRIMARY KEY (zone, step);

ALTER TABLE ONLY situation.zone_version
    ADD CONSTRAINT zone_version_pkey PRIMARY KEY (zone, version);

CREATE INDEX access_grant_account ON situation.access_grant USING btree (account);

CREATE INDEX audit_at ON situation.audit USING btree (at);

CREATE INDEX audit_hand ON situation.audit USING btree (subject) WHERE (action = ANY (ARRAY['add account'::text, 'enable'::text, 'set password'::text, 'grant'::text, 'add key'::text, 'reset second factor'::text]));

CREATE INDEX audit_holder ON situation.audit USING btree (holder, id DESC) WHERE (holder IS NOT NULL);

CREATE INDEX building_address ON situation.building USING btree ("left"(address, 400));

CREATE INDEX building_outline ON situation.building USING gist (outline);

CREATE INDEX building_point ON situation.building USING gist (point);

CREATE INDEX checkpoint_location ON situation.checkpoint USING gist (location);

CREATE INDEX credential_account ON situation.credential USING btree (account);

CREATE INDEX credential_expiry ON situation.credential USING btree (expires_at);

CREATE INDEX crossing_at ON situation.crossing USING btree (checkpoint, at);

CREATE INDEX delivery_ended ON situation.delivery USING btree (ended_at) WHERE (state = 'delivered'::text);

CREATE INDEX delivery_waiting ON situation.delivery USING btree (subscription, lane, id) WHERE (state = 'waiting'::text);

CREATE INDEX dirty_household_household ON situation.dirty_household USING btree (household);

CREATE UNIQUE INDEX door_code_of_household ON situation.door_code USING btree (household) WHERE (revoked_at IS NULL);

CREATE INDEX duty_step_post ON situation.duty_step USING btree (post, ends_at);

CREATE INDEX duty_step_shift ON situation.duty_step USING btree (shift);

CREATE INDEX duty_step_worker ON situation.duty_step USING btree (worker);

CREATE INDEX export_run_account ON situation.export_run USING btree (account, added_at);

CREATE INDEX fact_assignment ON situation.fact USING btree (household) WHERE (kind = 'assignment'::situation.fact_kind);

CREATE INDEX fact_crossing ON situation.fact USING btree (((data ->> 'checkpoint'::text)), at) WHERE (data ? 'who'::text);

CREATE INDEX fact_household ON situation.fact USING btree (household, at);

CREATE UNIQUE INDEX fact_pass ON situation.fact USING btree ((((data ->> 'serial'::text))::bigint)) WHERE ((data ? 'serial'::text) AND (data ? 'kind'::text));

CREATE INDEX fact_passage ON situation.fact USING btree (((data ->> 'checkpoint'::text)), at) WHERE (kind = 'passage'::situation.fact_kind);

CREATE INDEX fact_person ON situation.fact USING btree (person) WHERE (person IS NOT NULL);

CREATE INDEX fact_received ON situation.fact USING btree (received_at);

CREATE INDEX fact_retraction ON situation.fact USING btree (refers_to) WHERE (kind = 'retraction'::situation.fact_kind);

CREATE INDEX fact_text_generation ON situation.fact_text USING btree (generation);

CREATE INDEX fact_text_made ON situation.fact_text USING btree (made_at);

CREATE INDEX fact_work ON situation.fact USING btree (household, kind, at, received_at) WHERE (kind = ANY (ARRAY['survey'::situation.fact_kind, 'visit'::situation.fact_kind, 'circumstance'::situation.fact_kind]));

CREATE UNIQUE INDEX feed_acknowledges ON situation.feed USING btree (acknowledges) WHERE (acknowledges IS NOT NULL);

CREATE INDEX feed_cover ON situation.feed USING btree (checkpoint, sequence) WHERE (checkpoint IS NOT NULL);

CREATE INDEX feed_household ON situation.feed USING btree (subject, sequence) WHERE (kind = 'status'::situation.feed_kind);

CREATE INDEX feed_passage ON situation.feed USING btree (subject, sequence) WHERE (kind = 'passage'::situation.feed_kind);

CREATE INDEX feed_recorded_sequence ON situation.feed USING btree (recorded_at, sequence);

CREATE INDEX feed_status_changed ON situation.feed USING btree (sequence) WHERE (was <> status);

CREATE INDEX feed_zone ON situation.feed USING btree (subject, sequence) WHERE (kind = 'zone'::situation.feed_kind);

CREATE INDEX grid_outline ON situation.grid USING gist (outline);

CREATE INDEX grid_subtree ON situation.grid USING gist (path);

CREATE UNIQUE INDEX household_status_household ON situation.household_status USING btree (household);

CREATE INDEX household_status_next_due ON situation.household_status USING btree (next_due) WHERE (next_due IS NOT NULL);

CREATE INDEX household_status_restricted ON situation.household_status USING btree (status, household) WHERE (status <> 'healthy'::situation.status);

CREATE INDEX import_run_open ON situation.import_run USING btree (added_at) WHERE (ended_at IS NULL);

CREATE INDEX job_run_job ON situation.job_run USING btree (job, id DESC);

CREATE INDEX person_detail_generation ON situation.person_detail USING btree (generation);

CREATE INDEX person_detail_name ON situation.person_detail USING btree (name_index) WHERE (name IS NOT NULL);

CREATE INDEX person_detail_number ON situation.person_detail USING btree (number_index) WHERE (number IS NOT NULL);

CREATE INDEX person_detail_phone ON situation.person_detail USING btree (phone_index) WHERE (phone IS NOT NULL);

CREATE INDEX post_cover_next_due ON situation.post_cover USING btree (next_due);

CREATE INDEX post_grid ON situation.post USING gist (grid);

CREATE INDEX post_leader ON situation.post USING btree (leader);

CREATE INDEX road_line ON situation.road USING gist (line);

CREATE INDEX sign_in_try_last ON situation.sign_in_try USING btree (last_at);

CREATE INDEX subscription_key ON situation.subscription USING btree (key);

CREATE INDEX worker_grid ON situation.worker USING gist (grid);

CREATE INDEX zone_draft_outline ON situation.zone_draft USING gist (outline);

CREATE INDEX zone_version_effective_from ON situation.zone_version USING btree (effective_from);

CREATE INDEX zone_version_effective_to ON situation.zone_version USING btree (effective_to) WHERE (effective_to IS NOT NULL);

CREATE INDEX zone_version_outline ON situation.zone_version USING gist (outline);

CREATE TRIGGER access_grant_changed AFTER INSERT OR DELETE OR UPDATE ON situation.access_grant FOR EACH STATEMENT EXECUTE FUNCTION situation.raise_access_version();

CREATE TRIGGER account_changed AFTER INSERT OR DELETE OR UPDATE OF disabled ON situation.account FOR EACH STATEMENT EXECUTE FUNCTION situation.raise_access_version();

CREATE TRIGGER audit_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON situation.audit FOR EACH STATEMENT EXECUTE FUNCTION situation.refuse_change();

CREATE TRIGGER audit_seal_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON situation.audit_seal FOR EACH STATEMENT EXECUTE FUNCTION situation.refuse_change();

CREATE TRIGGER credential_changed AFTER INSERT OR DELETE OR UPDATE ON situation.credential FOR EACH STATEMENT EXECUTE FUNCTION situation.raise_access_version();

CREATE TRIGGER crossing_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON situation.crossing FOR EACH STATEMENT EXECUTE FUNCTION situation.refuse_change();

CREATE TRIGGER deployment_key_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON situation.deployment_key FOR EACH STATEMENT EXECUTE FUNCTION situation.refuse_change();

CREATE TRIGGER duty_step_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON situation.duty_step FOR EACH STATEMENT EXECUTE FUNCTION situation.refuse_change();

CREATE TRIGGER fact_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON situation.fact FOR EACH STATEMENT EXECUTE FUNCTION situation.refuse_change();

CREATE TRIGGER feed_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON situation.feed FOR EACH STATEMENT EXECUTE FUNCTION situation.refuse_change();

CREATE CONSTRAINT TRIGGER followed AFTER INSERT OR DELETE OR UPDATE ON situation.building DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN ((NOT situation.is_filling())) EXECUTE FUNCTION situation.follow_building();

CREATE CONSTRAINT TRIGGER followed AFTER INSERT OR DELETE OR UPDATE ON situation.checkpoint DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN ((NOT situation.is_filling())) EXECUTE FUNCTION situation.follow_checkpoint();

CREATE CONSTRAINT TRIGGER followed AFTER INSERT OR DELETE OR UPDATE ON situation.grid DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN ((NOT situation.is_filling())) EXECUTE FUNCTION situation.follow_grid();

CREATE CONSTRAINT TRIGGER followed AFTER INSERT OR DELETE OR UPDATE OF building, code, floor, unit, room, doors ON situation.household DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN ((NOT situation.is_filling())) EXECUTE FUNCTION situation.follow_household();

CREATE CONSTRAINT TRIGGER followed AFTER INSERT OR DELETE OR UPDATE OF household ON situation.person DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN ((NOT situation.is_filling())) EXECUTE FUNCTION situation.follow_person();

CREATE CONSTRAINT TRIGGER followed AFTER INSERT OR DELETE OR UPDATE ON situation.road DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN ((NOT situation.is_filling())) EXECUTE FUNCTION situation.follow_road();

CREATE TRIGGER moved AFTER UPDATE OF outline ON situation.building FOR EACH ROW WHEN ((NOT situation.is_filling())) EXECUTE FUNCTION situation.mark_moved_building();

CREATE TRIGGER moved AFTER INSERT OR UPDATE OF building ON situation.household FOR EACH ROW WHEN ((NOT situation.is_filling())) EXECUTE FUNCTION situation.mark_moved_household();

CREATE TRIGGER second_factor_changed AFTER INSERT OR DELETE OR UPDATE OF confirmed ON situation.second_factor FOR EACH STATEMENT EXECUTE FUNCTION situation.raise_access_version();

CREATE TRIGGER zone_step_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON situation.zone_step FOR EACH STATEMENT EXECUTE FUNCTION situation.refuse_change();

CREATE TRIGGER zone_version_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON situation.zone_version FOR EACH STATEMENT EXECUTE FUNCTION situation.refuse_change();

ALTER TABLE ONLY situation.access_grant
    ADD CONSTRAINT access_grant_account_fkey FOREIGN KEY (account) REFERENCES situation.account(name);

ALTER TABLE ONLY situation.building
    ADD CONSTRAINT building_grid_fkey FOREIGN KEY (grid) REFERENCES situation.grid(path);

ALTER TABLE ONLY situation.checkpoint
    ADD CONSTRAINT checkpoint_grid_fkey FOREIGN KEY (grid) REFERENCES situation.grid(path);

ALTER TABLE ONLY situation.credential
    ADD CONSTRAINT credential_account_fkey FOREIGN KEY (account) REFERENCES situation.account(name);

ALTER TABLE ONLY situation.delivery
    ADD CONSTRAINT delivery_subscription_fkey FOREIGN KEY (subscription) REFERENCES situation.subscription(id) ON DELETE CASCADE;

ALTER TABLE ONLY situation.door_code
    ADD CONSTRAINT door_code_household_fkey FOREIGN KEY (household) REFERENCES situation.household(id) ON DELETE CASCADE;

ALTER TABLE ONLY situation.duty_step
    ADD CONSTRAINT duty_step_post_fkey FOREIGN KEY (post) REFERENCES situation.post(id);

ALTER TABLE ONLY situation.duty_step
    ADD CONSTRAINT duty_step_worker_fkey FOREIGN KEY (worker) REFERENCES situation.worker(id);

ALTER TABLE ONLY situation.export_piece
    ADD CONSTRAINT export_piece_export_fkey FOREIGN KEY (export) REFERENCES situation.export_run(id) ON DELETE CASCADE;

ALTER TABLE ONLY situation.fact
    ADD CONSTRAINT fact_grid_household_fkey FOREIGN KEY (grid, household) REFERENCES situation.household(grid, id);

ALTER TABLE ONLY situation.fact
    ADD CONSTRAINT fact_household_person_fkey FOREIGN KEY (household, person) REFERENCES situation.person(household, id);

ALTER TABLE ONLY situation.fact_text
    ADD CONSTRAINT fact_text_fact_fkey FOREIGN KEY (fact) REFERENCES situation.fact(id);

ALTER TABLE ONLY situation.feed
    ADD CONSTRAINT feed_acknowledges_fkey FOREIGN KEY (acknowledges) REFERENCES situation.feed(sequence);

ALTER TABLE ONLY situation.grid
    ADD CONSTRAINT grid_parent_fkey FOREIGN KEY (parent) REFERENCES situation.grid(path);

ALTER TABLE ONLY situation.household
    ADD CONSTRAINT household_grid_building_fkey FOREIGN KEY (grid, building) REFERENCES situation.building(grid, id);

ALTER TABLE ONLY situation.household_status
    ADD CONSTRAINT household_status_grid_household_fkey FOREIGN KEY (grid, household) REFERENCES situation.household(grid, id);

ALTER TABLE ONLY situation.last_passage
    ADD CONSTRAINT last_passage_checkpoint_fkey FOREIGN KEY (checkpoint) REFERENCES situation.checkpoint(id) ON DELETE CASCADE;

ALTER TABLE ONLY situation.person_detail
    ADD CONSTRAINT person_detail_person_fkey FOREIGN KEY (person) REFERENCES situation.person(id) ON DELETE CASCADE;

ALTER TABLE ONLY situation.person
    ADD CONSTRAINT person_grid_household_fkey FOREIGN KEY (grid, household) REFERENCES situation.household(grid, id);

ALTER TABLE ONLY situation.post
    ADD CONSTRAINT post_checkpoint_fkey FOREIGN KEY (checkpoint) REFERENCES situation.checkpoint(id) ON DELETE SET NULL;

ALTER TABLE ONLY situation.post_cover
    ADD CONSTRAINT post_cover_post_fkey FOREIGN KEY (post) REFERENCES situation.post(id) ON DELETE CASCADE;

ALTER TABLE ONLY situation.post
    ADD CONSTRAINT post_grid_fkey FOREIGN KEY (grid) REFERENCES situation.grid(path);

ALTER TABLE ONLY situation.post
    ADD CONSTRAINT post_leader_fkey FOREIGN KEY (leader) REFERENCES situation.worker(id);

ALTER TABLE ONLY situation.recompute_part
    ADD CONSTRAINT recompute_part_run_fkey FOREIGN KEY (run) REFERENCES situation.recompute_run(id) ON DELETE CASCADE;

ALTER TABLE ONLY situation.second_factor
    ADD CONSTRAINT second_factor_account_fkey FOREIGN KEY (account) REFERENCES situation.account(name);

ALTER TABLE ONLY situation.subscription
    ADD CONSTRAINT subscription_key_fkey FOREIGN KEY (key) REFERENCES situation.credential(id) ON DELETE CASCADE;

ALTER TABLE ONLY situation.subscription_overdue
    ADD CONSTRAINT subscription_overdue_household_fkey FOREIGN KEY (household) REFERENCES situation.household(id) ON DELETE CASCADE;

ALTER TABLE ONLY situation.subscription_overdue
    ADD CONSTRAINT subscription_overdue_subscription_fkey FOREIGN KEY (subscription) REFERENCES situation.subscription(id) ON DELETE CASCADE;

ALTER TABLE ONLY situation.worker
    ADD CONSTRAINT worker_account_fkey FOREIGN KEY (account) REFERENCES situation.account(name);

ALTER TABLE ONLY situation.worker
    ADD CONSTRAINT worker_grid_fkey FOREIGN KEY (grid) REFERENCES situation.grid(path);

ALTER TABLE ONLY situation.zone_decision
    ADD CONSTRAINT zone_decision_zone_fkey FOREIGN KEY (zone) REFERENCES situation.zone(id);

ALTER TABLE ONLY situation.zone_draft
    ADD CONSTRAINT zone_draft_zone_fkey FOREIGN KEY (zone) REFERENCES situation.zone(id);

ALTER TABLE ONLY situation.zone_in_force
    ADD CONSTRAINT zone_in_force_zone_fkey FOREIGN KEY (zone) REFERENCES situation.zone(id);

ALTER TABLE ONLY situation.zone_in_force
    ADD CONSTRAINT zone_in_force_zone_version_fkey FOREIGN KEY (zone, version) REFERENCES situation.zone_version(zone, version);

ALTER TABLE ONLY situation.zone
    ADD CONSTRAINT zone_parent_fkey FOREIGN KEY (parent) REFERENCES situation.zone(id);

ALTER TABLE ONLY situation.zone_step
    ADD CONSTRAINT zone_step_zone_fkey FOREIGN KEY (zone) REFERENCES situation.zone(id);

ALTER TABLE ONLY situation.zone_step
    ADD CONSTRAINT zone_step_zone_version_fkey FOREIGN KEY (zone, version) REFERENCES situation.zone_version(zone, version);

ALTER TABLE ONLY situation.zone_version
    ADD CONSTRAINT zone_version_zone_fkey FOREIGN KEY (zone) REFERENCES situation.zone(id);
