-- The licences of the collections from which a revision has waves or notices, each once.
select distinct vocabulary_version.name as license
from api.vocabulary_version
where
    vocabulary_version.vocabulary = 'license'
    and vocabulary_version.first_revision <= $1::integer
    and vocabulary_version.last_revision >= $1::integer
    and vocabulary_version.code in (
        select wave_facet.collection
        from api.wave_facet
        where
            wave_facet.first_revision <= $1::integer
            and wave_facet.last_revision >= $1::integer
        union
        select notice_facet.collection
        from api.notice_facet
        where
            notice_facet.first_revision <= $1::integer
            and notice_facet.last_revision >= $1::integer
    )
order by 1
