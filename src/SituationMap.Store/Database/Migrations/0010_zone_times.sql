-- The worker asks after each batch when the next zone begins or ends: read from an index, however many versions were ever published.
CREATE INDEX zone_version_effective_from ON zone_version (effective_from);
CREATE INDEX zone_version_effective_to ON zone_version (effective_to) WHERE effective_to IS NOT NULL;
