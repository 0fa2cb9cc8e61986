-- Purpose: which of the roles that must be covered somebody plays.
-- Reads: accounts, roles.  Params: moment, known_by, must_be_covered (words).
-- Grain: one row per account.
-- Columns: account_id, covered integer, missing words null
with wanted as (
    select unnest($must_be_covered) as role
),
played as (
    select distinct account_id, role
    from roles
    where
        stands(known_at, known_until, $known_by)
        and holds(valid_from, valid_to, $moment)
        and (removed_at is null or removed_at > least($moment, $known_by))
        and role in (select role from wanted)
)
select
    a.account_id,
    count(p.role) as covered,
    string_agg(w.role, chr(31)) filter (p.role is null) as missing
from accounts a
cross join wanted w
left join played p on p.account_id = a.account_id and p.role = w.role
group by a.account_id
