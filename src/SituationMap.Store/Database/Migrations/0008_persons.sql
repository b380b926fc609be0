-- Names, phones and identity numbers of persons, and what people wrote in their own words: encrypted by the server with keys that are not in
-- the database. Apart from the tables that the map and the statuses are made from, so that these never meet any of it.

-- Which of the keys is the present one, with a value by which a wrong file of keys is known. Whoever seals something shares the lock of this
-- row, so that once a rotation has changed it nothing more is sealed with the key before.
CREATE TABLE person_key (
  singleton   boolean PRIMARY KEY DEFAULT true CHECK (singleton),
  generation  int NOT NULL CHECK (generation >= 1),
  proof       bytea NOT NULL
);

-- Each value as nonce, tag and ciphertext (AES-256-GCM), bound to the person's code and the field; beside it a keyed hash of it in one form, by which
-- exactly that value is found.
CREATE TABLE person_detail (
  person        int PRIMARY KEY REFERENCES person (id) ON DELETE CASCADE,
  generation    int NOT NULL,                                   -- of the key
  name          bytea,
  name_index    bytea,
  phone         bytea,
  phone_index   bytea,
  number        bytea,                                          -- of the identity card or passport
  number_index  bytea,
  changed_at    timestamptz NOT NULL,
  CHECK ((name IS NULL) = (name_index IS NULL) AND (phone IS NULL) = (phone_index IS NULL) AND (number IS NULL) = (number_index IS NULL))
);
CREATE INDEX person_detail_name ON person_detail (name_index) WHERE name IS NOT NULL;
CREATE INDEX person_detail_phone ON person_detail (phone_index) WHERE phone IS NOT NULL;
CREATE INDEX person_detail_number ON person_detail (number_index) WHERE number IS NOT NULL;
CREATE INDEX person_detail_generation ON person_detail (generation);

-- The reason that a decision or a retraction gives. In the fact itself stands a keyed hash of it: facts are only added to, and this can be erased.
CREATE TABLE fact_text (
  fact        uuid PRIMARY KEY REFERENCES fact (id),
  generation  int NOT NULL,
  reason      bytea NOT NULL,
  made_at     timestamptz NOT NULL
);
CREATE INDEX fact_text_generation ON fact_text (generation);
CREATE INDEX fact_text_made ON fact_text (made_at);
-- what concerns one person: for whoever asks what is known of him, and for its erasure
CREATE INDEX fact_person ON fact (person) WHERE person IS NOT NULL;
