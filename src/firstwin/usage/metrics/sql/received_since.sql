-- The days of what was received since a moment.
-- Reads: events.  Params: since (timestamp).
-- One row per place and day.
select
    cast(place as uinteger) as place,
    day,
    max(received) as received
from events
where received >= $since
group by place, day
