-- Purpose: the words people put on an account.
-- Reads: taggings.  Params: moment, known_by.
-- Grain: one row per account with a tag.
-- Columns: account_id, tags words
select account_id, string_agg(distinct tag, chr(31)) as tags
from taggings
where stands(known_at, known_until, $known_by) and holds(valid_from, valid_to, $moment)
group by account_id
