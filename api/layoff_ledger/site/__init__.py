"""What people read: the start page, the reference, problems, the method. No logic of the ledger."""
