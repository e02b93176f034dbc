"""What a reader sees: the ledger of claims, charts, computed sentences and pages."""

import sys

# nbformat's jsonschema would make 38 grammars of addresses of it, 2 s of every command; no notebook is checked by them.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
