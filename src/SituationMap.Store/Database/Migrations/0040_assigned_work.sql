-- Where somebody is to do something: few households of a city.
CREATE INDEX fact_assignment ON fact (household) WHERE kind = 'assignment';
