-- Who was active in which of the window's blocks.
-- Reads: people_blocks (rows of actor_blocks: all, or those of a part of the people).  Params: first, last (blocks), known_on (null: whatever is known).
-- One row per row of the roll-up: a human may have several, at several places of one account too.
select
    cast(place as uinteger) as place,
    cast(actor as uinteger) as actor,
    cast(product as uinteger) as product,
    block,
    mask
from people_blocks
where block between $first and $last and ($known_on is null or known_on <= $known_on)
