-- Events that named no place, at the place that is known by now: that of their actor on the day.
-- Reads: events, placements (actor, day_from, day_to, place).  Grain and columns: those of events.
select
    p.place as place,
    e.* exclude (place)
from events e
join placements p on p.actor = e.actor and e.day between p.day_from and p.day_to
where e.place = 0 and what in (0, 1, 2)
