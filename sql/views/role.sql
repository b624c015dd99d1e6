-- A role with its crosswalks and the waves in which such jobs are cut.
create view api.role as
select
    role.code,
    role.label,
    role.axis,
    role.definition,
    coalesce(
        (
            select json_agg(role_synonym.name order by role_synonym.position)
            from ledger.role_synonym
            where role_synonym.role = role.code
        ),
        '[]'
    ) as synonyms,
    coalesce(
        (
            select
                json_agg(
                    json_build_object('scheme', crosswalk.scheme, 'codes', crosswalk.codes)
                    order by crosswalk.scheme
                )
            from (
                select
                    role_crosswalk.scheme,
                    array_agg(role_crosswalk.code order by role_crosswalk.position) as codes
                from ledger.role_crosswalk
                where role_crosswalk.role = role.code
                group by role_crosswalk.scheme
            ) as crosswalk
        ),
        '[]'
    ) as crosswalks,
    (
        select count(distinct cut_role.wave)
        from api.cut_role
        where cut_role.role = role.code
    ) as waves
from ledger.role;
comment on view api.role is 'A category of staff, as a code of the role taxonomy.';
comment on column api.role.code is 'Stable code.';
comment on column api.role.label is 'Display name.';
comment on column api.role.axis is 'function: what they do; level: where they stand; unit: which teams.';
comment on column api.role.definition is 'What it covers, and what it does not.';
comment on column api.role.synonyms is 'Wordings that sources use for it.';
comment on column api.role.crosswalks is 'Codes of other schemes.';
comment on column api.role.waves is 'Waves in which such posts are cut.';
