-- Who was ever active before a block.
-- Reads: actor_blocks.  Params: before (block), known_on (null: whatever is known).
-- One row per row of the roll-up.
select
    cast(place as uinteger) as place,
    cast(actor as uinteger) as actor
from actor_blocks
where block < $before and ($known_on is null or known_on <= $known_on)
