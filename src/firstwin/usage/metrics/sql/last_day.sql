-- When a person was last active at these places between two days.
-- Reads: last_of_days (place, day, known_on, last_ts), asked_places (place).  Params: from_day, to_day, known_on (null:
-- whatever is known).
-- One row per place.
select
    cast(place as uinteger) as place,
    max(last_ts) as last_ts
from last_of_days
where
    day between $from_day and $to_day
    and place in (select place from asked_places)
    and ($known_on is null or known_on <= $known_on)
group by place
