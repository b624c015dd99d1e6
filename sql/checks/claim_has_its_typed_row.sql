-- A claim has the row of its kind: without it, it says nothing.
select
    claim.wave,
    format('claim %s has no row in ledger.%s', claim.number, claim.kind) as message
from ledger.claim
where
    claim.wave = any($1::text[])
    and not case claim.kind
        when 'event' then exists (
            select
            from ledger.event
            where event.wave = claim.wave and event.claim = claim.number
        )
        when 'magnitude' then exists (
            select
            from ledger.magnitude
            where magnitude.wave = claim.wave and magnitude.claim = claim.number
        )
        when 'driver' then exists (
            select
            from ledger.driver_claim
            where driver_claim.wave = claim.wave and driver_claim.claim = claim.number
        )
        when 'role' then exists (
            select
            from ledger.role_claim
            where role_claim.wave = claim.wave and role_claim.claim = claim.number
        )
        when 'context' then exists (
            select
            from ledger.context
            where context.wave = claim.wave and context.claim = claim.number
        )
        when 'scope' then exists (
            select
            from ledger.scope
            where scope.wave = claim.wave and scope.claim = claim.number
        )
        when 'form' then exists (
            select
            from ledger.form
            where form.wave = claim.wave and form.claim = claim.number
        )
    end
