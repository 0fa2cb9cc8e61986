-- When people were active: days and moments by block.
-- Reads: actor_blocks.  Params: last (block), known_on (null: whatever is known).
-- One row per row of the roll-up.
select
    cast(place as uinteger) as place,
    cast(actor as uinteger) as actor,
    block,
    mask,
    first_ts,
    last_ts
from actor_blocks
where block <= $last and ($known_on is null or known_on <= $known_on)
