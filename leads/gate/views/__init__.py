"""Pages about the gate: its ledger, whom not to call, and the rules of a business."""
