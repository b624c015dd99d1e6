-- What the service may do: read schema api, and nothing else. The role is shared by all databases
-- of a server, so it may be there already.
do $$
begin
    if not exists (select from pg_catalog.pg_roles where rolname = 'ledger_reader') then
        create role ledger_reader nologin;
    end if;
exception
    -- Another database of the same server was migrated at the same moment.
    when duplicate_object or unique_violation then null;
end
$$;
revoke all on schema ledger from public;
revoke all on schema api from public;
grant usage on schema api to ledger_reader;
grant select on all tables in schema api to ledger_reader;
-- The one who logs in takes this role on; a superuser needs no grant.
do $$
begin
    if not pg_has_role(current_user, 'ledger_reader', 'member') then
        execute format('grant ledger_reader to %I', current_user);
    end if;
end
$$;
