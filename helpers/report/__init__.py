"""What a reader sees: the ledger of claims, charts, computed sentences and pages."""
