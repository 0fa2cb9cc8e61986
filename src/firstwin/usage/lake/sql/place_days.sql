-- Events a day, without noise.
-- Reads: events (schema EVENTS), meanings (feature, product, is_ignored).
-- One row per place, day, known_on and whether it is an aggregate.
select
    place,
    day,
    known_on,
    what = 6 as is_aggregate,
    whole(sum(count)) as count
from events e
left join meanings m on m.feature = e.feature
where what in (0, 1, 2, 6) and not coalesce(m.is_ignored, false)
group by place, day, known_on, what = 6
