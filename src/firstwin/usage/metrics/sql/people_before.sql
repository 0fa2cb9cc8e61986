-- Who was ever active before a block.
-- Reads: people_first (place, actor, block, known_on): rows of actor_blocks, or the first ones of each.  Params: before (block), known_on (null: whatever is known).
-- One row per row of it.
select
    cast(place as uinteger) as place,
    cast(actor as uinteger) as actor
from people_first
where block < $before and ($known_on is null or known_on <= $known_on)
