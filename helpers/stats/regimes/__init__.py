"""States fixed in advance, what changes with them, and switching as another view."""

from helpers.stats.regimes.contrast import StateContrastResult, state_contrast
from helpers.stats.regimes.interaction import StateInteractionResult, state_interaction
from helpers.stats.regimes.states import (
    align_states,
    debasement_margin,
    fear_margin,
    liquidity_margin,
    spells,
    state_margins,
    state_table,
    strength,
)
from helpers.stats.regimes.switching import high_regime_probability

__all__ = [
    "StateContrastResult",
    "StateInteractionResult",
    "align_states",
    "debasement_margin",
    "fear_margin",
    "high_regime_probability",
    "liquidity_margin",
    "spells",
    "state_contrast",
    "state_interaction",
    "state_margins",
    "state_table",
    "strength",
]
