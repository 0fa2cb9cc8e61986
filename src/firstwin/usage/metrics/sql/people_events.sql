-- What people did in some days: noise left out.
-- Reads: people_acts (rows of events: all, or those of a part of the people), meanings.  Params: from_day, to_day, recent (the first day of the window that is counted), known_on
-- (null: whatever is known).
-- One row per place, actor and feature.
select
    cast(place as uinteger) as place,
    cast(actor as uinteger) as actor,
    cast(e.feature as uinteger) as feature,
    count(*) filter (where day >= $recent) as events,
    max(ts) as last_ts
from people_acts e
left join meanings m on m.feature = e.feature
where
    day between $from_day and $to_day
    and what in (0, 1, 2)
    and actor <> 0
    and not coalesce(m.is_ignored, false)
    and ($known_on is null or known_on <= $known_on)
group by place, actor, e.feature
