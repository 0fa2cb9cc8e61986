-- Since which block somebody was active.
-- Reads: actor_blocks.
-- One row per place, actor and known_on.
select
    place,
    actor,
    known_on,
    min(block) as block
from actor_blocks
group by place, actor, known_on
