-- Purpose: what counts of what sources say an attribute is: the latest stated; of two at once, what a person typed.
-- Reads: attribute_values.  Params: moment, known_by.
-- Grain: one row per account and attribute.
-- Columns: account_id, attribute text, number float null, text text null, day day null
select account_id, attribute, number, text, day
from attribute_values
where stands(known_at, known_until, $known_by) and holds(valid_from, valid_to, $moment)
qualify row_number() over (
    partition by account_id, attribute
    order by stated_at desc, source = 'staff' desc, id desc
) = 1
