"""Words → records: what a question means, where it is found, and what is typed so far."""
