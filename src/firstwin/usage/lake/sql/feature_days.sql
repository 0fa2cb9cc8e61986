-- Events a day and feature, noise too; people as the largest number told for that day, value as the sum.
-- Reads: events (schema EVENTS).
-- One row per place, feature, day, known_on and whether it is an aggregate.
select
    place,
    feature,
    day,
    known_on,
    what = 6 as is_aggregate,
    whole(sum(count)) as count,
    max(people) as people,
    whole(sum(value_micro)) as value_micro
from events
where what in (0, 1, 2, 6)
group by place, feature, day, known_on, what = 6
