-- Employers as filed whose notices are linked to no company, the most frequent first, each with its
-- jobs: a curator looks through them for companies of the ledger.
select
    notice.employer,
    count(*) as notices,
    sum(notice.jobs_low) as jobs,
    min(notice.id) as example
from ledger.notice
where not exists (select from ledger.notice_company where notice_company.notice = notice.id)
group by notice.employer
order by
    count(*) desc,
    notice.employer
