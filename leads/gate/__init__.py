"""Whether somebody may be contacted now: facts, a pure decision, and its line in the ledger."""
