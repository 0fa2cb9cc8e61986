-- Events a day, noise left out.
-- Reads: place_days.  Params: first, last (days), known_on (null: whatever is known).
-- One row per row of the roll-up.
select
    cast(place as uinteger) as place,
    day,
    count
from place_days
where day between $first and $last and ($known_on is null or known_on <= $known_on)
