-- Purpose: what the record of an account says beside dated facts. Current only, and so the same on every day.
-- Reads: accounts, records, external_ids.  Params: none.
-- Grain: one row per account.
-- Columns: account_id, name text, sources words, added moment
with named as (
    select account_id, source from records
    union
    select account_id, source from external_ids
),
sources as (
    select account_id, string_agg(source, chr(31)) as sources
    from named
    group by account_id
)
select r.account_id, r.name, s.sources, r.recorded_at as added
from records r
join sources s on s.account_id = r.account_id
