-- Purpose: how many people work at an account.
-- Reads: accounts, memberships.  Params: moment, known_by.
-- Grain: one row per account.
-- Columns: account_id, people integer
with counted as (
    select account_id, count(distinct person_id) as people
    from memberships
    where
        stands(known_at, known_until, $known_by)
        and holds(valid_from, valid_to, $moment)
        and (removed_at is null or removed_at > least($moment, $known_by))
    group by account_id
)
select a.account_id, coalesce(c.people, 0) as people
from accounts a
left join counted c on c.account_id = a.account_id
