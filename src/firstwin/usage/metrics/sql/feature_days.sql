-- Events a day and feature, noise left out.
-- Reads: feature_days, meanings.  Params: first, last (days), known_on (null: whatever is known).
-- One row per row of the roll-up.
select
    cast(place as uinteger) as place,
    cast(f.feature as uinteger) as feature,
    day,
    count
from feature_days f
left join meanings m on m.feature = f.feature
where
    day between $first and $last
    and not coalesce(m.is_ignored, false)
    and ($known_on is null or known_on <= $known_on)
