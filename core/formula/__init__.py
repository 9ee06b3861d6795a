"""One small language for functions and rules: text -> graph -> derivatives -> straight-line Python."""

from core.errors import FormulaError
from core.formula.formula import Formula, parse
from core.formula.rules import Rule, parse_rule

__all__ = ["Formula", "FormulaError", "Rule", "parse", "parse_rule"]
