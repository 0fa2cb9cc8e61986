-- Places for which somebody sent counts instead of events.
-- Reads: place_days.  Params: last (day), known_on (null: whatever is known).
-- One row per place.
select distinct cast(place as uinteger) as place
from place_days
where is_aggregate and count > 0 and day <= $last and ($known_on is null or known_on <= $known_on)
