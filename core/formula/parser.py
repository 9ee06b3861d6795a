"""Text to graph: a tokenizer and a precedence climber of our own.

Python's `ast` would let comments through, turn `x²` into a name by normalisation, and lose columns.
Here every error knows its column and says what to type instead. Products may be implied (`2x`, `3(x+1)`,
`x y`) and bind like `*`, from the left: `1/2x` is (1/2)·x.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches

from core.errors import FormulaError
from core.formula.graph import Graph
from core.formula.operations import CONSTANTS, FUNCTIONS

MAX_CHARACTERS, MAX_NODES, MAX_DEPTH = 200, 100, 64

# What people paste, character by character, so that columns stay those of the text.
_PASTED = {
    **{chr(code): chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)},
    **dict.fromkeys("×·⋅∙•∗", "*"),
    **dict.fromkeys("−–—﹣", "-"),
    **dict.fromkeys("÷∕", "/"),
    **dict.fromkeys("\u00a0\u2002\u2003\u2009\u202f\u3000\u2062", " "),
}
_DIGITS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹₀₁₂₃₄₅₆₇₈₉", "01234567890123456789")
_TOKEN = re.compile(
    r"(?P<number>(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?)"
    r"|(?P<name>[xθ][₁₂]|θ[12]?|[πσηεαβγδλμρψ][0-9₀-₉]*|[A-Za-z_][A-Za-z_0-9₀-₉]*)"
    r"|(?P<power>[⁰¹²³⁴⁵⁶⁷⁸⁹]+)|(?P<operator>\*\*|[-+*/^(),=])",
    re.ASCII,
)
# Names as the texts print them, and as this program does. A Greek letter is a name by itself: 2πx is 2*pi*x.
_PRINTED = {"θ": "x", "θ1": "x", "θ2": "y", "θ₁": "x", "θ₂": "y", "x₁": "x", "x₂": "y"}
_GREEK = {"π": "pi", "σ": "sigmoid"}
# In a rule, the names that are printed with these letters.
_GREEK_IN_RULES = _GREEK | dict(zip("αβγδεμρ", ("alpha", "beta", "gamma", "delta", "eps", "mu", "rho"), strict=True))
_GREEK_IN_RULES |= {"η": "lr", "λ": "weight_decay", "ψ": "momentum_decay"}


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of the text: its kind, its characters, and the column (from 1) where it begins.

    >>> tokens("x + 1")[2]
    Token(kind='number', text='1', column=5)
    """

    kind: str
    text: str
    column: int


def tokens(text: str, field: str = "formula", first_column: int = 1) -> list[Token]:
    """The text in pieces, the last one of kind `end`.

    >>> [token.text for token in tokens("2x² − y")][:-1]
    ['2', 'x', '²', '-', 'y']
    """
    # A pasted character stands for one or two plain ones; `columns` keeps where each came from.
    plain, columns = "", []
    for column, character in enumerate(text, first_column):
        replacement = _PASTED.get(character, character)
        plain += replacement
        columns += [column] * len(replacement)
    columns.append(first_column + len(text))
    result, position = [], 0
    while position < len(plain):
        if plain[position] in " \t":
            position += 1
            continue
        match = _TOKEN.match(plain, position)
        if match is None:
            raise _unreadable(plain[position], columns[position], field)
        kind = str(match.lastgroup)
        piece = _plain_name(match.group(), columns[position], field) if kind == "name" else match.group()
        result.append(Token(kind, piece, columns[position]))
        position = match.end()
    return [*result, Token("end", "", columns[-1])]


def _plain_name(text: str, column: int, field: str) -> str:
    """β₁ is beta1; what has no other name stays as it is."""
    if text in _PRINTED:
        return _PRINTED[text]
    greek = _GREEK_IN_RULES if field == "rule" else _GREEK
    if text[0] not in greek and not text[0].isascii():
        raise _unreadable(text[0], column, field)
    return greek.get(text[0], text[0]) + text[1:].translate(_DIGITS)


_INSTEAD = {"|": "abs(x)", "√": "sqrt(x)", **dict.fromkeys("[]{}", "( )")}
_CURES = {
    **{character: f"write {example}" for character, example in _INSTEAD.items()},
    "#": "comments are not part of a formula",
    "%": "there is no remainder; divide by 100 for per cent",
    "'": "derivatives are made for you: write only the function",
    ";": "one formula at a time",
}


def _unreadable(character: str, column: int, field: str) -> FormulaError:
    cure = _CURES.get(character, "use numbers, x, y, + - * / **, brackets and functions such as sin(x)")
    message = f"{character!r} cannot be read here: {cure}."
    example = {"example": _INSTEAD[character]} if character in _INSTEAD else {}
    return FormulaError(message, column, field=field, code="character", character=character, **example)


Resolve = Callable[[Token], int]


@dataclass
class Parser:
    """One text being read into `graph`; `resolve` says which node a name is.

    >>> graph = Graph()
    >>> Parser(tokens("2x"), graph, lambda token: graph.variable(token.text)).whole()
    2
    >>> graph.nodes
    [('number', 2.0), ('variable', 'x'), ('mul', 0, 1)]
    """

    tokens: list[Token]
    graph: Graph
    resolve: Resolve
    field: str = "formula"
    functions: frozenset[str] = frozenset(FUNCTIONS)
    position: int = 0
    made: int = 0
    depth: int = 0

    def whole(self) -> int:
        """The node of the whole text."""
        equals = next((token for token in self.tokens if token.text == "="), None)
        if equals is not None:  # said first: what stands before it, f(x, y) say, is likely not known either
            message = "leave out the = and what stands before it: only the right side is the formula."
            raise self.error(equals, message, "equals")
        root = self.sum()
        self.expect_end()
        return root

    def expect_end(self) -> None:
        token = self.here
        if token.kind == "end":
            return
        if token.text == ")":
            raise self.error(token, "there is a ) without its (: take it away.", "bracket", bracket=")")
        if token.text == ",":
            message = "a comma stands only between the arguments of min and max; write 0.5 with a point."
            raise self.error(token, message, "comma")
        message = f"{token.text!r} does not fit here: put * or + before it."
        raise self.error(token, message, "out_of_place", text=token.text)

    @property
    def here(self) -> Token:
        return self.tokens[self.position]

    def calls(self, name: Token) -> bool:
        """Whether a bracket stands directly behind the name that was read last."""
        return self.here.text == "(" and self.here.column == name.column + len(name.text)

    def next(self) -> Token:
        token = self.tokens[self.position]
        self.position += 1
        return token

    def error(self, token: Token, message: str, code: str, **values: object) -> FormulaError:
        return FormulaError(message, token.column, field=self.field, code=code, **values)

    def node(self, *node: object) -> int:
        """A node as typed, counted."""
        self.made += 1
        if self.made > MAX_NODES:
            raise self.error(
                self.tokens[max(self.position - 1, 0)],
                f"the text has more than {MAX_NODES} numbers, names and operations: shorten it.",
                "too_many_nodes",
                limit=MAX_NODES,
            )
        return self.graph.node(*node)

    def sum(self) -> int:
        left = self.product()
        while self.here.text in ("+", "-") and self.here.kind == "operator":
            operator = self.next().text
            left = self.node("add" if operator == "+" else "sub", left, self.product())
        return left

    def product(self) -> int:
        left = self.signed()
        while True:
            token = self.here
            if token.text in ("*", "/"):
                self.next()
                left = self.node("mul" if token.text == "*" else "div", left, self.signed())
            elif token.kind == "name" or token.text == "(":
                left = self.node("mul", left, self.power())
            elif token.kind == "number":
                before = self.tokens[self.position - 1]
                if before.kind == "number":
                    message = "two numbers stand side by side: put an operation between them."
                    raise self.error(token, message, "two_numbers")
                left = self.node("mul", left, self.power())
            else:
                return left

    def signed(self) -> int:
        token = self.here
        if token.text == "-":
            self.next()
            return self._deeper(lambda: self.node("neg", self.signed()))
        if token.text == "+":
            self.next()
            return self._deeper(self.signed)
        return self.power()

    def power(self) -> int:
        base = self.primary()
        while self.here.kind == "power":  # x², and x²³ is x to the 23rd
            digits = self.next().text.translate(_DIGITS)
            base = self.node("pow", base, self.node("number", float(digits)))
        if self.here.text in ("**", "^"):
            self.next()
            exponent = self._deeper(self.signed)
            return self.node("pow", base, exponent)
        return base

    def primary(self) -> int:
        token = self.next()
        if token.kind == "number":
            value = float(token.text)
            if not math.isfinite(value):
                raise self.error(token, "this number is too large: the largest is about 1.8e308.", "number")
            return self.node("number", value)
        if token.kind == "name":
            return self._name(token)
        if token.text == "(":
            inner = self._deeper(self.sum)
            self._close(token)
            return inner
        raise self._missing(token)

    def _name(self, token: Token) -> int:
        if token.text in self.functions:
            if self.here.text != "(":
                example = f"{token.text}(x, y)" if token.text in ("min", "max") else f"{token.text}(x)"
                if self.here.kind == "power" or self.here.text in ("**", "^"):
                    example += "**2"  # the square of a sine: sin²(x) on paper
                message = f"write {token.text} with brackets: {example}."
                raise self.error(token, message, "call", name=token.text, example=example)
            return self._call(token)
        if token.text in CONSTANTS:
            return self.node("number", CONSTANTS[token.text])
        self.made += 1
        return self.resolve(token)

    def _call(self, name: Token) -> int:
        bracket = self.next()
        arguments = [self._deeper(self.sum)]
        while self.here.text == ",":
            self.next()
            arguments.append(self._deeper(self.sum))
        self._close(bracket)
        arity = FUNCTIONS[name.text].arity if name.text in FUNCTIONS else 1
        if len(arguments) != arity:
            plural = "one argument" if arity == 1 else f"{arity} arguments"
            message = f"{name.text} takes {plural}, not {len(arguments)}."
            raise self.error(name, message, "arity", name=name.text, takes=arity, given=len(arguments))
        return self.node(name.text, *arguments)

    def _close(self, opened: Token) -> None:
        if self.here.text == ")":
            self.next()
        elif self.here.kind == "end":
            raise self.error(opened, "this ( is never closed: add a ).", "bracket", bracket="(")
        else:
            self.expect_end()

    def _deeper(self, part: Callable[[], int]) -> int:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise self.error(
                self.here, f"brackets and signs are nested deeper than {MAX_DEPTH}.", "too_deep", limit=MAX_DEPTH
            )
        result = part()
        self.depth -= 1
        return result

    def _missing(self, token: Token) -> FormulaError:
        self.position -= 1
        if token.kind == "end":
            if self.position == 0:
                return self.error(token, "there is nothing here yet: type a function such as x**2 + y**2.", "empty")
            before = self.tokens[self.position - 1]
            return self.error(before, f"something is missing after {before.text!r}.", "incomplete", after=before.text)
        message = f"a number, x, y or a function is missing before {token.text!r}."
        return self.error(token, message, "incomplete", before=token.text)


CLOSE = 0.62  # how much of two names must be the same to take one for the other: sen for sin, but not beta for tan
_OTHER_NAMES = {
    "ln": "log",
    "tg": "tan",
    "sgn": "sign",
    "pow": "x**y",
    "log10": "log(x)/log(10)",
    "log2": "log(x)/log(2)",
    "x1": "x",
    "x2": "y",
    **{f"arc{name}": f"a{name}" for name in ("sin", "cos", "tan")},
}


def function_meant(name: str) -> str | None:
    """The function that somebody likely meant by a name that stands before a bracket.

    >>> function_meant("sen"), function_meant("ln"), function_meant("lr")
    ('sin', 'log', None)
    """
    close = get_close_matches(name, FUNCTIONS, n=1, cutoff=CLOSE) if len(name) > 2 else []
    return _OTHER_NAMES.get(name) or next(iter(close), None)


def unknown_name(token: Token, known: list[str], field: str) -> FormulaError:
    """The error for a name that is neither variable, constant nor function, with what was likely meant.

    >>> unknown_name(Token("name", "xy", 1), ["x", "y"], "formula").message
    "'xy' is not known: write x*y for the product."
    """
    name = token.text
    meant = ""
    if len(name) > 1 and all(c in known for c in name):
        meant = "*".join(name)
        cure = f"write {meant} for the product."
    elif (function := next((f for f in FUNCTIONS if name.startswith(f) and name[len(f) :] in known), None)) is not None:
        meant = f"{function}({name[len(function) :]})"
        cure = f"did you mean {meant}?"
    elif name == "ln":
        meant = _OTHER_NAMES[name]
        cure = "the natural logarithm is log."
    elif name in _OTHER_NAMES:
        meant = _OTHER_NAMES[name]
        cure = f"did you mean {meant}?"
    elif close := get_close_matches(name.lower(), [*FUNCTIONS, *CONSTANTS, *known], n=1, cutoff=CLOSE):
        meant = close[0]
        cure = f"did you mean {meant}?"
    else:
        cure = f"use {', '.join(known)} and functions such as sin, exp, sqrt."
    message = f"{name!r} is not known: {cure}"
    return FormulaError(message, token.column, field=field, code="unknown_name", name=name, meant=meant, known=known)


def check_length(text: str, limit: int, field: str) -> None:
    """Refuse a text that is too long, naming the column where it becomes so.

    >>> check_length("x", 200, "formula")
    """
    if len(text) > limit:
        raise FormulaError(
            f"the text has {len(text)} characters; at most {limit} are read.",
            limit + 1,
            field=field,
            code="too_long",
            limit=limit,
        )
