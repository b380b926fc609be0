-- Lists of households by what a few percent of them have: the first page comes from the index, however many households there are.
CREATE INDEX household_status_restricted ON household_status (status, household) WHERE status <> 'healthy';
CREATE INDEX household_status_since ON household_status (since, household) WHERE since IS NOT NULL;
CREATE INDEX household_status_until ON household_status (until, household) WHERE until IS NOT NULL;
-- An index has room for so much of a text: longer addresses that begin alike are in the order of their households.
CREATE INDEX building_address ON building (left(address, 400));
