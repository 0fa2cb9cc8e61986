-- Purpose: how many accounts stand directly below an account, removed ones left out.
-- Reads: accounts, child_links, child_removals.  Params: moment, known_by.
-- Grain: one row per account.
-- Columns: account_id, children integer
with gone as (
    select distinct account_id
    from child_removals
    where stands(known_at, known_until, $known_by) and holds(valid_from, valid_to, $moment)
),
counted as (
    select l.parent_id, count(distinct l.account_id) as children
    from child_links l
    where
        l.parent_id is not null
        and stands(l.known_at, l.known_until, $known_by)
        and holds(l.valid_from, l.valid_to, $moment)
        and l.account_id not in (select account_id from gone)
    group by l.parent_id
)
select a.account_id, coalesce(c.children, 0) as children
from accounts a
left join counted c on c.parent_id = a.account_id
