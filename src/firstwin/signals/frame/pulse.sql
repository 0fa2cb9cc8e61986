-- Purpose: how the success manager feels about the account: the latest pulse, while it holds.
-- Reads: pulses.  Params: on, moment, known_by, holds_from.
-- Grain: one row per account with a pulse that holds.
-- Columns: account_id, mood text, given moment
select
    account_id,
    arg_max(mood, (occurred_at, id)) as mood,
    max(occurred_at) as given
from pulses
where occurred_at <= $moment and occurred_at >= $holds_from and stands(known_at, known_until, $known_by)
group by account_id
