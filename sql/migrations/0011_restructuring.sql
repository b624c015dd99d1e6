-- Positions and charges of restructurings, as companies tag them: series like any other in the tables.
--
-- The contract's `metric` is a closed set, so they are served in a list of their own.
alter table ledger.indicator
    drop constraint indicator_metric_check,
    drop constraint indicator_check,
    add constraint indicator_metric_check check (
        metric in (
            'capital_expenditure', 'employees', 'revenue',
            'restructuring_positions', 'restructuring_charges'
        )
    ),
    add constraint indicator_check check (
        (metric in ('employees', 'restructuring_positions')) = (unit = 'people')
    );
comment on column ledger.indicator.metric is 'capital_expenditure, employees, revenue, restructuring_positions or restructuring_charges.';
