-- The days of what was received between two moments.
-- Reads: events.  Params: since, until (timestamp).
-- One row per place and day.
select
    cast(place as uinteger) as place,
    day,
    max(received) as received
from events
where received >= $since and received <= $until
group by place, day
