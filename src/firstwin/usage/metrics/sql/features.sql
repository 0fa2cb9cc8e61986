-- In which blocks these features were used.
-- Reads: feature_blocks.  Params: features (numbers), first, last (blocks), known_on (null: whatever is known).
-- One row per row of the roll-up.
select
    cast(place as uinteger) as place,
    cast(feature as uinteger) as feature,
    block,
    mask
from feature_blocks
where
    feature in (select unnest($features))
    and block between $first and $last
    and ($known_on is null or known_on <= $known_on)
