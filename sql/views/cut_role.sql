-- The role claims that say whose jobs go, without what is known to be wrong. Counts of roles mean
-- these; `resources/claims.py: cut_roles` says the same of a document.
create view api.cut_role as
select
    role_claim.wave,
    role_claim.role
from ledger.role_claim
inner join ledger.claim on claim.wave = role_claim.wave and claim.number = role_claim.claim
where role_claim.effect = 'cut' and claim.rank <> 'deprecated';
comment on view api.cut_role is 'A role whose posts are cut in a wave; once for each claim.';
comment on column api.cut_role.wave is 'Id of the wave.';
comment on column api.cut_role.role is 'Code of the role.';
