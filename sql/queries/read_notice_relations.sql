-- How the notices of a collection are related to each other, by the keys of their rows.
select
    notice.id,
    notice_relation.relation,
    notice_relation.other,
    notice_relation.method,
    notice_relation.score
from ledger.notice_relation
inner join ledger.notice on notice.id = notice_relation.notice
where notice.collection = $1::text
order by
    notice.id,
    notice_relation.position
