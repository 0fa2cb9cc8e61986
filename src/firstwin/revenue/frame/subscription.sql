-- Purpose: where an account stands commercially by its lines alone.
-- Reads: lines.  Params: on, known_by.
-- Grain: one row per account with a line.
-- Columns: account_id, status text, customer_since day null, churned day null, seats integer null, products words null
with known as (
    select
        *,
        starts_on <= $on and (ends_on is null or ends_on > $on) as holds,
        not is_trial and charge in ('recurring', 'metered') as is_service
    from lines
    where stands(known_at, known_until, $known_by)
),
told as (
    -- A line without a day never made anybody a customer.
    select *, is_service and starts_on <= $on and ends_on is distinct from starts_on as has_begun
    from known
),
counted as (
    select
        account_id,
        bool_or(holds and is_service) as is_customer,
        bool_or(holds and is_trial) as tries,
        bool_or(has_begun) as was_customer,
        min(starts_on) filter (has_begun) as customer_since,
        max(ends_on) filter (has_begun) as last_end,
        cast(sum(quantity) filter (holds and is_service) as bigint) as seats,
        string_agg(distinct product, chr(31)) filter (holds) as products
    from told
    group by account_id
)
select
    account_id,
    case
        when is_customer then 'customer'
        when tries then 'trial'
        when was_customer then 'churned'
        else 'prospect'
    end as status,
    customer_since,
    case when not is_customer then last_end end as churned,
    seats,
    products
from counted
