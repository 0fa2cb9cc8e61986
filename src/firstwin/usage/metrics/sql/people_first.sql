-- Since which block somebody was active.
-- Reads: people_blocks.
-- One row per place, actor and known_on.
select
    place,
    actor,
    known_on,
    min(block) as block
from people_blocks
group by place, actor, known_on
