-- On which days people were active, by the product of what they used. Noise makes nobody active; counts that somebody
-- else made name no person.
-- Reads: events (schema EVENTS), meanings (feature, product, is_ignored).
-- One row per place, actor, product, block and known_on.
select
    place,
    actor,
    coalesce(m.product, 0) as product,
    block_of(day) as block,
    known_on,
    bit_or(bit_of(day)) as mask,
    min(ts) as first_ts,
    max(ts) as last_ts
from events e
left join meanings m on m.feature = e.feature
where what in (0, 1, 2) and actor <> 0 and not coalesce(m.is_ignored, false)
group by place, actor, coalesce(m.product, 0), block_of(day), known_on
