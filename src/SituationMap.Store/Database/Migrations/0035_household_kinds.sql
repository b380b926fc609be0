-- Kinds of fact about a household: what it lacks, where its people are, what it undertakes, objects to and does.
ALTER TYPE fact_kind ADD VALUE 'need';
ALTER TYPE fact_kind ADD VALUE 'served';
ALTER TYPE fact_kind ADD VALUE 'facility';
ALTER TYPE fact_kind ADD VALUE 'undertaking';
ALTER TYPE fact_kind ADD VALUE 'objection';
ALTER TYPE fact_kind ADD VALUE 'answered';
ALTER TYPE fact_kind ADD VALUE 'purchase';
ALTER TYPE fact_kind ADD VALUE 'backToWork';
