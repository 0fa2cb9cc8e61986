-- Who was active without saying where.
-- Reads: actor_blocks.  One row per actor.
select distinct actor
from actor_blocks
where place = 0
