-- Purpose: what an account pays in a year and what it owes, in the installation's currency.
-- Reads: lines, invoices, exchanged (currency, amount, ours: null without a rate).
-- Params: on, moment, known_by, currency (ours).
-- Grain: one row per account with a line or an invoice. Summed per currency, then converted, each sum by itself; one
--   without a rate leaves the whole unknown.
-- Columns: account_id, arr integer null, overdue integer null, overdue_since day null
with known as (
    select *, starts_on <= $on and (ends_on is null or ends_on > $on) as holds
    from lines
    where stands(known_at, known_until, $known_by)
),
paid as (
    select account_id, currency, cast(coalesce(sum(arr_minor) filter (holds), 0) as bigint) as amount
    from known
    group by account_id, currency
),
billed as (
    select *, state = 'open' and due_on < $on and total_minor <> paid_minor as is_late
    from invoices
    where
        kind = 'invoice'
        and stands(known_at, known_until, $known_by)
        and holds(valid_from, valid_to, $moment)
),
owed as (
    select
        account_id,
        currency,
        cast(coalesce(sum(total_minor - paid_minor) filter (is_late), 0) as bigint) as amount,
        min(due_on) filter (is_late) as since
    from billed
    group by account_id, currency
),
amounts as (
    select account_id, currency, amount, true as is_arr, cast(null as date) as since from paid
    union all
    select account_id, currency, amount, false as is_arr, since from owed
),
ours as (
    select
        a.account_id,
        a.is_arr,
        a.since,
        case when a.currency = $currency then a.amount when a.amount = 0 then 0 else e.ours end as amount
    from amounts a
    left join exchanged e on e.currency = a.currency and e.amount = a.amount
)
select
    account_id,
    cast(case when bool_and(amount is not null) filter (is_arr) then sum(amount) filter (is_arr) end as bigint) as arr,
    cast(
        case when bool_and(amount is not null) filter (not is_arr) then sum(amount) filter (not is_arr) end as bigint
    ) as overdue,
    min(since) as overdue_since
from ours
group by account_id
