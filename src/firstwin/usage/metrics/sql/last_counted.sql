-- The last day and moment of counts that somebody else made, by place and block; noise left out.
-- Reads: feature_blocks, meanings.  Params: last (block), known_on (null: whatever is known).
-- One row per row of the roll-up.
select
    cast(place as uinteger) as place,
    block,
    mask,
    last_ts
from feature_blocks f
left join meanings m on m.feature = f.feature
where
    is_aggregate
    and block <= $last
    and not coalesce(m.is_ignored, false)
    and ($known_on is null or known_on <= $known_on)
