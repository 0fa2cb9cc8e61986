-- Of these places, those that sent events, though perhaps nobody's.
-- Reads: place_days, asked_places (place).  Params: last (day), known_on (null: whatever is known).
-- One row per place.
select distinct cast(place as uinteger) as place
from place_days
where
    not is_aggregate
    and day <= $last
    and place in (select place from asked_places)
    and ($known_on is null or known_on <= $known_on)
