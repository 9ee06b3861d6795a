"""Graphs as mathematics: one layout, printed as MathML for browsers or as LaTeX for export."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from html import escape

from core.formula.graph import Graph

SUM, PRODUCT, SIGN, POWER, ATOM = 1, 2, 3, 4, 5
LONGEST_EXPONENT = 7  # numbers, letters and signs

# Names that the field writes with a letter of its own.
_LETTERS = {
    "lr": ("η", r"\eta"),
    "momentum": ("μ", r"\mu"),
    "weight_decay": ("λ", r"\lambda"),
    "momentum_decay": ("ψ", r"\psi"),
    "alpha": ("α", r"\alpha"),
    "beta": ("β", r"\beta"),
    "gamma": ("γ", r"\gamma"),
    "delta": ("δ", r"\delta"),
    "eps": ("ε", r"\epsilon"),
    "rho": ("ρ", r"\rho"),
    "mu": ("μ", r"\mu"),
    "eta": ("η", r"\eta"),
    "sigma": ("σ", r"\sigma"),
    "pi": ("π", r"\pi"),
}


@dataclass(frozen=True, slots=True)
class Layout:
    """A piece of notation: its kind, its parts, and how tightly it binds.

    >>> latex(Layout("fraction", (number(1), symbol("x"))))
    '\\\\frac{1}{x}'
    """

    kind: str
    parts: tuple[Layout | str, ...]
    level: int = ATOM


Write = Callable[[str], Layout]


def layout(graph: Graph, root: int, write: Write | None = None) -> Layout:
    """How a node looks on paper; `write` says how a variable is written (by default, its symbol).

    >>> graph = Graph()
    >>> x = graph.variable("x")
    >>> latex(layout(graph, graph.pow(x, graph.number(2)), lambda name: number(3)))
    '{3}^{2}'
    """
    write = write or symbol
    made: dict[int, Layout] = {}
    for index in graph.needed([root]):
        node = graph.nodes[index]
        if node[0] == "number":
            made[index] = number(float(node[1]))
        elif node[0] == "variable":
            made[index] = write(str(node[1]))
        else:
            made[index] = _operation(node[0], [made[a] for a in graph.arguments(index)])
    return made[root]


def symbol(name: str) -> Layout:
    """A name as the field writes it: `beta1` is β₁, `m_hat` an m with a hat.

    >>> latex(symbol("beta1")), latex(symbol("v_hat")), latex(symbol("lr"))
    ('\\\\beta_{1}', '\\\\hat{v}', '\\\\eta')
    """
    if name in _LETTERS:
        return Layout("letter", _LETTERS[name])
    if name.endswith("_hat") and len(name) > 4:
        return Layout("hat", (symbol(name[:-4]),))
    if name.endswith("_bar") and len(name) > 4:
        return Layout("bar", (symbol(name[:-4]),))
    stem = name.rstrip("0123456789")
    if stem and stem != name and not stem.endswith("_"):
        return Layout("subscript", (symbol(stem), Layout("number", (name[len(stem) :],))))
    head, _, tail = name.partition("_")
    if tail and head:
        rows = tuple(symbol(part) if len(part) == 1 else _subscript_text(part) for part in tail.split("_") if part)
        inner: list[Layout | str] = []
        for i, part in enumerate(rows):
            inner += [Layout("operator", (",",)), part] if i else [part]
        return Layout("subscript", (symbol(head), Layout("row", tuple(inner)))) if rows else symbol(head)
    return Layout("letter", (name, name)) if len(name) == 1 else Layout("word", (name,))


def subscripted(base: Layout, index: Layout) -> Layout:
    """base with an index, joined to the one it has: LaTeX knows no double subscript.

    >>> latex(subscripted(symbol("beta1"), symbol("t")))
    '\\\\beta_{1 , t}'
    """
    if base.kind != "subscript":
        return Layout("subscript", (base, index))
    inner, first = base.parts
    return Layout("subscript", (inner, Layout("row", (first, Layout("operator", (",",)), index))))


def _subscript_text(part: str) -> Layout:
    return Layout("number", (part,)) if part.isdigit() else symbol(part)


def number(value: float) -> Layout:
    """A number, short, with a true minus and a power of ten where it has one.

    >>> latex(number(-0.5)), latex(number(2e-9))
    ('- 0.5', '2 \\\\times {10}^{-9}')
    """
    if value < 0:
        return Layout("row", (Layout("operator", ("−",)), number(-value)), SIGN)
    named = {3.141592653589793: Layout("letter", ("π", r"\pi")), 2.718281828459045: Layout("letter", ("e", "e"))}
    if value in named:
        return named[value]
    text = f"{value:g}" if float(f"{value:g}") == value else repr(value)
    mantissa, mark, exponent = text.partition("e")
    if not mark:
        return Layout("number", (text,))
    power = Layout("power", (Layout("number", ("10",)), number(float(exponent))), POWER)
    if mantissa == "1":
        return power
    return Layout("row", (Layout("number", (mantissa,)), Layout("operator", ("×",)), power), PRODUCT)


def shown(value: float, digits: int = 4) -> Layout:
    """A computed number, rounded to so many significant digits, for a formula with its numbers in it.

    >>> latex(shown(0.123456))
    '0.1235'
    """
    return number(float(f"{value:.{digits}g}"))


def _fenced(part: Layout, level: int) -> Layout:
    return part if part.level >= level else Layout("fenced", (part,))


def _operation(name: str, arguments: list[Layout]) -> Layout:
    special = _SPECIAL.get(name)
    if special is not None:
        return special(*arguments)
    inner: list[Layout | str] = []
    for i, argument in enumerate(arguments):
        inner += [Layout("operator", (",",)), argument] if i else [argument]
    return Layout("call", (_FUNCTION_NAMES.get(name, name), Layout("fenced", (Layout("row", tuple(inner)),))))


_FUNCTION_NAMES = {"sigmoid": "σ", "asin": "arcsin", "acos": "arccos", "atan": "arctan", "log": "ln"}


def _sum(sign: str) -> Callable[[Layout, Layout], Layout]:
    def made(a: Layout, b: Layout) -> Layout:
        right = _fenced(b, PRODUCT if sign == "+" else SUM + 1)
        if b.level == SIGN:
            right = Layout("fenced", (b,))
        return Layout("row", (a, Layout("operator", (sign,)), right), SUM)

    return made


def _product(a: Layout, b: Layout) -> Layout:
    left = _fenced(a, PRODUCT)
    right = _fenced(b, POWER) if b.kind != "fraction" else b
    between = "×" if _begins_with_digit(right) else "invisible"
    if between == "invisible" and right.kind in ("letter", "word", "subscript") and left.kind in ("word", "call"):
        between = "·"
    return Layout("row", (left, Layout("operator", (between,)), right), PRODUCT)


def _begins_with_digit(part: Layout) -> bool:
    first: Layout | str = part
    while isinstance(first, Layout):
        if first.kind == "number":
            return True
        if first.kind not in ("row", "power", "subscript") or not first.parts:
            return False
        first = first.parts[0]
    return False


def inline(part: Layout) -> Layout:
    """The same on one line, for exponents and for tables: fractions with a slash.

    >>> latex(inline(Layout("fraction", (number(1), symbol("x")))))
    '1 / x'
    """
    parts = tuple(inner if isinstance(inner, str) else inline(inner) for inner in part.parts)
    if part.kind != "fraction":
        return Layout(part.kind, parts, part.level)
    top, bottom = (inner for inner in parts if isinstance(inner, Layout))
    slash = Layout("operator", ("/",))
    return Layout("row", (_fenced(top, PRODUCT), slash, _fenced(bottom, POWER)), PRODUCT)


def _exponent(base: Layout, exponent: Layout) -> Layout:
    return Layout("power", (base, inline(exponent)), POWER)


def _exponential(a: Layout) -> Layout:
    """e to the power of something short; exp(...) of something long, which would be too small to read up there."""
    if _leaves(a) <= LONGEST_EXPONENT:
        return _exponent(Layout("letter", ("e", "e")), a)
    return Layout("call", ("exp", Layout("fenced", (inline(a),))))


def _leaves(part: Layout | str) -> int:
    return 1 if isinstance(part, str) or part.kind == "letter" else sum(map(_leaves, part.parts))


def _power(a: Layout, b: Layout) -> Layout:
    if a.kind == "call":  # sin(x)^2, not sin(x^2)
        return _exponent(Layout("fenced", (a,)), b)
    return _exponent(_fenced(a, ATOM), b)


_SPECIAL: Mapping[str, Callable[..., Layout]] = {
    "add": _sum("+"),
    "sub": _sum("−"),
    "mul": _product,
    "div": lambda a, b: Layout("fraction", (a, b), POWER),
    "neg": lambda a: Layout("row", (Layout("operator", ("−",)), _fenced(a, PRODUCT)), SIGN),
    "pow": _power,
    "sqrt": lambda a: Layout("root", (a,)),
    "exp": _exponential,
    "abs": lambda a: Layout("bars", (a,)),
    "floor": lambda a: Layout("floor", (a,)),
    "norm": lambda a: Layout("double bars", (a,)),
    "less": lambda a, b: Layout("indicator", (a, Layout("operator", ("<",)), b)),
    "less_equal": lambda a, b: Layout("indicator", (a, Layout("operator", ("≤",)), b)),
}

_OPERATOR_LATEX = {"−": "-", "×": r"\times", "invisible": r"\,", "·": r"\cdot", "≤": r"\le", "←": r"\gets"}


def mathml(piece: Layout, display: bool = False) -> str:
    """A whole `<math>` element.

    >>> mathml(number(2))
    '<math><mn>2</mn></math>'
    """
    opening = '<math display="block">' if display else "<math>"
    return f"{opening}{_mathml(piece)}</math>"


def _mathml(piece: Layout | str) -> str:
    if isinstance(piece, str):
        return escape(piece)
    parts = [_mathml(part) for part in piece.parts]
    return _MATHML[piece.kind](parts)


def _operator_mathml(parts: list[str]) -> str:
    special = {"invisible": "<mo>&#x2062;</mo>", "/": '<mo lspace="0" rspace="0">/</mo>'}
    return special.get(parts[0], f"<mo>{parts[0]}</mo>")


def _fence(inner: str) -> str:
    """Brackets grow around fractions; around a power, an index or a root they would only look heavy."""
    stretchy = "" if "<mfrac>" in inner else ' stretchy="false"'
    return f"<mrow><mo{stretchy}>(</mo>{inner}<mo{stretchy}>)</mo></mrow>"


def _call_mathml(parts: list[str]) -> str:
    return f"<mrow><mi>{parts[0]}</mi><mo>&#x2061;</mo>{parts[1]}</mrow>"


_MATHML: Mapping[str, Callable[[list[str]], str]] = {
    "letter": lambda p: f"<mi>{p[0]}</mi>",
    "word": lambda p: f'<mi mathvariant="normal">{p[0]}</mi>',
    "number": lambda p: f"<mn>{p[0]}</mn>",
    "operator": _operator_mathml,
    "row": lambda p: f"<mrow>{''.join(p)}</mrow>",
    "fenced": lambda p: _fence(p[0]),
    "bars": lambda p: f"<mrow><mo>|</mo>{p[0]}<mo>|</mo></mrow>",
    "floor": lambda p: f"<mrow><mo>⌊</mo>{p[0]}<mo>⌋</mo></mrow>",
    "double bars": lambda p: f"<mrow><mo>‖</mo>{p[0]}<mo>‖</mo></mrow>",
    "indicator": lambda p: f"<mrow><mo>[</mo>{''.join(p)}<mo>]</mo></mrow>",
    "fraction": lambda p: f"<mfrac>{p[0]}{p[1]}</mfrac>",
    "power": lambda p: f"<msup>{p[0]}{p[1]}</msup>",
    "subscript": lambda p: f"<msub>{p[0]}{p[1]}</msub>",
    "hat": lambda p: f'<mover accent="true">{p[0]}<mo stretchy="false">^</mo></mover>',
    "bar": lambda p: f'<mover accent="true">{p[0]}<mo stretchy="false">¯</mo></mover>',
    "root": lambda p: f"<msqrt>{p[0]}</msqrt>",
    "call": _call_mathml,
}


def latex(piece: Layout | str) -> str:
    """LaTeX of a piece.

    >>> latex(number(1e-8))
    '{10}^{-8}'
    """
    if isinstance(piece, str):
        return piece
    return _LATEX[piece.kind]([latex(part) for part in piece.parts])


def _call_latex(parts: list[str]) -> str:
    known = {"σ": r"\sigma", **{n: rf"\{n}" for n in ("ln", "sin", "cos", "tan", "arcsin", "arccos", "arctan")}}
    known |= {n: rf"\{n}" for n in ("sinh", "cosh", "tanh", "min", "max", "exp")}
    return known.get(parts[0], rf"\operatorname{{{parts[0]}}}") + parts[1]


_LATEX: Mapping[str, Callable[[list[str]], str]] = {
    "letter": lambda p: p[1],
    "word": lambda p: rf"\mathrm{{{p[0].replace('_', chr(92) + '_')}}}",
    "number": lambda p: p[0],
    "operator": lambda p: _OPERATOR_LATEX.get(p[0], p[0]),
    "row": lambda p: " ".join(p).replace("  ", " "),
    "fenced": lambda p: rf"\left({p[0]}\right)",
    "bars": lambda p: rf"\left|{p[0]}\right|",
    "floor": lambda p: rf"\left\lfloor {p[0]} \right\rfloor",
    "double bars": lambda p: rf"\left\|{p[0]}\right\|",
    "indicator": lambda p: rf"\left[{' '.join(p)}\right]",
    "fraction": lambda p: rf"\frac{{{p[0]}}}{{{p[1]}}}",
    "power": lambda p: f"{{{p[0]}}}^{{{'-' + p[1][2:] if p[1].startswith('- ') else p[1]}}}",
    "subscript": lambda p: f"{p[0]}_{{{p[1]}}}",
    "hat": lambda p: rf"\hat{{{p[0]}}}",
    "bar": lambda p: rf"\bar{{{p[0]}}}",
    "root": lambda p: rf"\sqrt{{{p[0]}}}",
    "call": _call_latex,
}
