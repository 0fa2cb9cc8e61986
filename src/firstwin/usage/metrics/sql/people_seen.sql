-- When people were active: days and moments by block.
-- Reads: people_blocks (rows of actor_blocks: all, or those of a part of the people).  Params: last (block), known_on (null: whatever is known).
-- One row per row of the roll-up.
select
    cast(place as uinteger) as place,
    cast(actor as uinteger) as actor,
    block,
    mask,
    first_ts,
    last_ts
from people_blocks
where block <= $last and ($known_on is null or known_on <= $known_on)
