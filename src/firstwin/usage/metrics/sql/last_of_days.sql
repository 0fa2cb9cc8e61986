-- When people were last active on each of these days.
-- Reads: events, meanings.  Params: from_day, to_day.
-- One row per place, day and known_on.
select
    place,
    day,
    known_on,
    max(ts) as last_ts
from events e
left join meanings m on m.feature = e.feature
where
    day between $from_day and $to_day
    and what in (0, 1, 2)
    and actor <> 0
    and not coalesce(m.is_ignored, false)
group by place, day, known_on
