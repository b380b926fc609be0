-- Lists of households by what a few percent of them have: found by the index, however many households there are. Instants have none: each
-- index is looked at for every status that is written.
CREATE INDEX household_status_restricted ON household_status (status, household) WHERE status <> 'healthy';
-- An index has room for so much of a text: longer addresses that begin alike are in the order of their households.
CREATE INDEX building_address ON building (left(address, 400));
