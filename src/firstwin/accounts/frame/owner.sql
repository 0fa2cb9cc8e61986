-- Purpose: the named owner of an account, and the team it belongs to.
-- Reads: ownerships.  Params: moment, known_by.
-- Grain: one row per account with a named owner, who may be a team alone.
-- Columns: account_id, owner integer null, team integer null
select
    account_id,
    user_id as owner,
    case when user_id is null then team_id else user_team_id end as team
from ownerships
where kind = 'named' and stands(known_at, known_until, $known_by) and holds(valid_from, valid_to, $moment)
qualify row_number() over (partition by account_id order by id desc) = 1
