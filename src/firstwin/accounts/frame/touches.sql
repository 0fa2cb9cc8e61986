-- Purpose: when there was contact, and the nearest next step agreed in it.
-- Reads: touches.  Params: on, moment, known_by.
-- Grain: one row per account with a touch.
-- Columns: account_id, last_touch moment, last_two_way moment null, next_step day null
select
    account_id,
    max(occurred_at) as last_touch,
    max(occurred_at) filter (direction in ('theirs', 'both')) as last_two_way,
    min(next_step_on) filter (next_step_on >= $on) as next_step
from touches
where occurred_at <= $moment and stands(known_at, known_until, $known_by)
group by account_id
