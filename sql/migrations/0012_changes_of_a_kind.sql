-- Changes of one kind in the order in which they were made: among a million waves, the first sources
-- stand behind all of them.
create index change_of_kind on ledger.change (resource, revision, position);
