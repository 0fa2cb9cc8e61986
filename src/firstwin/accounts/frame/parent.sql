-- Purpose: the account this one belongs to, by the name it has today.
-- Reads: parent_links.  Params: moment, known_by.
-- Grain: one row per account with a statement about its parent.
-- Columns: account_id, parent text null
select account_id, parent_name as parent
from parent_links
where stands(known_at, known_until, $known_by) and holds(valid_from, valid_to, $moment)
qualify row_number() over (partition by account_id order by id desc) = 1
