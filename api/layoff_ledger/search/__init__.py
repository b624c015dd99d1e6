"""Words → records: what a query means, where its words are found, and what is typed so far."""
