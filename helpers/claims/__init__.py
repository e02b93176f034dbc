"""The trial: claims, their registered rules, one function a claim, and the verdicts that follow."""

from helpers.claims.finding import PRIMARY, Finding, Unit
from helpers.claims.judgement import Judged, Judgement, decide, judge
from helpers.claims.ledger import read_ledger, verdicts, write_ledger
from helpers.claims.registry import Claim, load_claims, load_rules
from helpers.claims.rules import JudgedPart, Verdict
from helpers.claims.simulations import read_simulations
from helpers.claims.statements import Statement, statements
from helpers.claims.trial import DAY, Trial
