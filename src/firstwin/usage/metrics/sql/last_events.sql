-- When a person was last active at these places between two moments.
-- Reads: events, meanings, asked_places (place).  Params: from_day, to_day, known_on (null: whatever is known).
-- One row per place.
select
    cast(place as uinteger) as place,
    max(ts) as last_ts
from events e
left join meanings m on m.feature = e.feature
where
    day between $from_day and $to_day
    and what in (0, 1, 2)
    and actor <> 0
    and not coalesce(m.is_ignored, false)
    and place in (select place from asked_places)
    and ($known_on is null or known_on <= $known_on)
group by place
