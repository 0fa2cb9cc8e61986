-- Purpose: the figures of an account's tickets.
-- Reads: tickets (a row per piece of a ticket's history).  Params: moment, known_by, since and ageing_before (moments),
--   good (of 5), hours to response and solution by priority.
-- Grain: one row per account with a ticket.
-- Columns: account_id, open integer, ageing integer, breached integer, reopened integer, oldest moment null,
--   last moment, csat float null, answers integer
with levels (priority, response, solution) as (
    values
        ('urgent', to_hours($urgent_response), to_hours($urgent_solution)),
        ('high', to_hours($high_response), to_hours($high_solution)),
        ('normal', to_hours($normal_response), to_hours($normal_solution)),
        ('low', to_hours($low_response), to_hours($low_solution))
),
known as (
    select * from tickets where stands(known_at, known_until, $known_by)
),
stood as (
    select *, status not in ('solved', 'closed') as is_open
    from known
    where holds(valid_from, valid_to, $moment) and opened_at <= $moment
),
told as (
    select
        s.*,
        s.is_open and (
            (
                coalesce(s.respond_by, s.opened_at + l.response) < $moment
                and case
                    when s.first_response_at is not null
                        then s.first_response_at > coalesce(s.respond_by, s.opened_at + l.response)
                    else s.done_at is null or s.done_at > coalesce(s.respond_by, s.opened_at + l.response)
                end
            )
            or case
                when s.solve_by is not null then coalesce(s.done_at, $moment) > s.solve_by
                when s.status in ('new', 'open') then s.clock_from < $moment - l.solution
                else s.clock_from < s.valid_from - l.solution
            end
        ) as is_breached
    from stood s
    left join levels l on l.priority = s.priority
),
counted as (
    select
        account_id,
        count(*) filter (is_open) as open,
        count(*) filter (is_open and opened_at < $ageing_before) as ageing,
        count(*) filter (is_breached) as breached,
        min(opened_at) filter (is_open) as oldest,
        max(opened_at) as last,
        count(*) filter (rated_at between $since and $moment) as answers,
        count(*) filter (rated_at between $since and $moment and csat >= $good) as good
    from told
    group by account_id
),
reopened as (
    select account_id, count(*) as reopened
    from (
        select distinct account_id, source, external_id
        from known
        where is_reopening and valid_from between $since and $moment
    )
    group by account_id
)
select
    c.account_id,
    c.open,
    c.ageing,
    c.breached,
    coalesce(r.reopened, 0) as reopened,
    c.oldest,
    c.last,
    c.good / nullif(c.answers, 0) as csat,
    c.answers
from counted c
left join reopened r on r.account_id = c.account_id
