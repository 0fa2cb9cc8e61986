-- Purpose: when the card that is charged is no longer good.
-- Reads: payment_methods.  Params: moment, known_by.
-- Grain: one row per account with a card.
-- Columns: account_id, card_expires day
select account_id, expires_on as card_expires
from payment_methods
where
    kind = 'card'
    and expires_on is not null
    and stands(known_at, known_until, $known_by)
    and holds(valid_from, valid_to, $moment)
qualify row_number() over (partition by account_id order by is_default desc, expires_on desc) = 1
