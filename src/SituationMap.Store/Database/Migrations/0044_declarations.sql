-- A kind of fact: what a household says of itself, to be seen to by somebody. It is used only once this step is committed.
ALTER TYPE fact_kind ADD VALUE 'declaration';
