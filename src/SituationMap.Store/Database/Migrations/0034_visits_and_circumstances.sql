-- Kinds of fact: who was met or not, and how people live. A value of an enum can be used only once the step that adds it is committed.
ALTER TYPE fact_kind ADD VALUE 'visit';
ALTER TYPE fact_kind ADD VALUE 'circumstance';
