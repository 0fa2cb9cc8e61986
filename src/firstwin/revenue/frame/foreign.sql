-- Purpose: the sums in other currencies that `money.sql` asks for, once each.
-- Reads: lines, invoices.  Params: on, moment, known_by, currency (ours).
-- Grain: one row per currency and amount.
-- Columns: currency text, amount integer
select currency, cast(sum(arr_minor) as bigint) as amount
from lines
where
    stands(known_at, known_until, $known_by)
    and starts_on <= $on
    and (ends_on is null or ends_on > $on)
    and currency <> $currency
group by account_id, currency
union
select currency, cast(sum(total_minor - paid_minor) as bigint) as amount
from invoices
where
    stands(known_at, known_until, $known_by)
    and holds(valid_from, valid_to, $moment)
    and kind = 'invoice'
    and state = 'open'
    and due_on < $on
    and total_minor <> paid_minor
    and currency <> $currency
group by account_id, currency
