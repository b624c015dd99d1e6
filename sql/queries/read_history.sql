-- What each revision up to a given one changed in a record, the first one first.
select
    change.revision,
    change.published_at,
    change.change,
    change.reason,
    change.merged_into,
    revision.note
from api.change
inner join api.revision on revision.number = change.revision
where
    change.resource = $1::text
    and change.id = $2::text
    and change.revision <= $3::integer
order by change.revision
