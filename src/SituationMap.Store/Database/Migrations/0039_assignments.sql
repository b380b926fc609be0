-- A kind of fact: who is to do what is to be done at a household. It is used only once this step is committed.
ALTER TYPE fact_kind ADD VALUE 'assignment';
