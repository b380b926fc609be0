-- Which roles take a second factor is compared with the record as well, under the name *, which no account has: what is required now is
-- taken as it is.
INSERT INTO audit (at, account, action, subject, origin, holder, holds)
SELECT clock_timestamp(), 'console', 'require second factor', 'roles', 'upgrade', '*',
  jsonb_object_agg('second factor required of ' || role, encode(sha256(convert_to(jsonb_build_array(role)::text, 'UTF8')), 'hex'))
FROM second_factor_role
HAVING count(*) > 0;
