-- Purpose: the next day on which something paid and in force renews, or else the first on which something ends.
-- Reads: lines, contracts.  Params: on, known_by.
-- Grain: one row per account with such a day.
-- Columns: account_id, renews day, notice day null, auto_renews flag null (of what renews then: whether all of it does
--   by itself, as far as anybody says)
with terms as (
    select account_id, ends_on, renews_on, notice_on, auto_renews
    from lines
    where
        stands(known_at, known_until, $known_by)
        and starts_on <= $on
        and (ends_on is null or ends_on > $on)
        and not is_trial
        and charge in ('recurring', 'metered')
    union all
    select
        account_id,
        ends_on,
        case when cancelled_on <= $on then null else renews_on end as renews_on,
        notice_on,
        case when cancelled_on <= $on then false else auto_renews end as auto_renews
    from contracts
    where
        stands(known_at, known_until, $known_by)
        and starts_on <= $on
        and (ends_on is null or ends_on > $on)
),
nearest as (
    select
        account_id,
        min(renews_on) filter (renews_on >= $on) as renews_on,
        min(ends_on) as ends_on
    from terms
    group by account_id
)
select
    t.account_id,
    coalesce(any_value(n.renews_on), any_value(n.ends_on)) as renews,
    min(t.notice_on) as notice,
    bool_and(t.auto_renews) as auto_renews
from terms t
join nearest n on n.account_id = t.account_id
where case when n.renews_on is not null then t.renews_on = n.renews_on else t.ends_on = n.ends_on end
group by t.account_id
