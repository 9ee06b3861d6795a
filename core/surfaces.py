"""The functions to descend: a line of text each, where to look, and what is to be learned there.

A row of `SURFACES` is all that a new surface needs (docs/adding-a-surface.md).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from core.settings import Setting, complete
from core.words import mark

Point = tuple[float, ...]
Interval = tuple[float, float]

THIRD = 1.0471975511965976  # pi / 3
PI = 3.141592653589793
ASIDE = 1.8365972031521258  # where tan(u) = -2*u: Easom's tiny dips lie so far beside its needle


@dataclass(frozen=True, slots=True)
class Surface:
    """A function of x, or of x and y, with the places that are known about it.

    `window` is what is drawn, one interval per parameter; `start` shows the lesson. `minima` (the lowest first),
    `saddles` and `maxima` are the stationary points known, to the last digit; where a surface has endlessly
    many, the lowest. `height` says whether levels and heights are drawn evenly or by decades above the minimum.

    >>> SURFACES["quadratic"].text({"condition": 50, "angle": 0})
    '((x*cos(0) + y*sin(0))**2 + 50*(y*cos(0) - x*sin(0))**2)/2'
    """

    name: str
    title: str
    formula: str
    window: tuple[Interval, ...]
    start: Point
    lesson: str
    source: str
    minima: tuple[Point, ...] = ()
    saddles: tuple[Point, ...] = ()
    maxima: tuple[Point, ...] = ()
    settings: tuple[Setting, ...] = ()
    height: Literal["linear", "log"] = "linear"

    def text(self, settings: Mapping[str, float] | None = None) -> str:
        """The formula with its settings as numbers; settings left out have their defaults.

        Raises `FieldError` for a setting that is unknown or out of bounds.
        """
        values = complete(self.settings, settings)
        if not values:
            return self.formula
        names = re.compile(rf"\b({'|'.join(values)})\b")
        return names.sub(lambda found: _number(values[found[0]]), self.formula)


def _number(value: float) -> str:
    text = repr(int(value)) if value == int(value) else repr(value)
    return f"({text})" if value < 0 else text


ONE_DIMENSION = (
    Surface(
        name="parabola",
        title=mark("Parabola"),
        formula="x**2",
        window=((-2, 2),),
        start=(1,),
        minima=((0,),),
        lesson=mark(
            "The rate decides: below 1 it arrives, at 1 it jumps from side to side for ever, above 1 it flies off."
        ),
        source="A. Cauchy, Méthode générale pour la résolution des systèmes d'équations simultanées, 1847",
    ),
    Surface(
        name="double_well",
        title=mark("Double well"),
        formula="(x**2 - 1)**2 + 0.3*x",
        window=((-2, 2),),
        start=(1.7,),
        minima=((-1.0355787140888537,), (0.9601495555191055,)),
        maxima=((0.07542915856974822,),),
        lesson=mark(
            "Two valleys of different depth: descent takes the nearer one, momentum may roll on into the deeper one."
        ),
        source="S. H. Strogatz, Nonlinear Dynamics and Chaos, 1994",
    ),
    Surface(
        name="shelf",
        title=mark("Shelf"),
        formula="x**2/(1 + x**2)",
        window=((-8, 8),),
        start=(6,),
        minima=((0,),),
        lesson=mark(
            "Far out there is hardly a slope: rules that follow its size crawl, rules that follow its sign walk."
        ),
        source="S. Geman and D. McClure, Statistical methods for tomographic image reconstruction, 1987",
    ),
    Surface(
        name="cliff",
        title=mark("Cliff"),
        formula="x**2/10 + 5*sigmoid(50*(x - 1))",
        window=((-8, 4),),
        start=(2,),
        minima=((0,),),
        lesson=mark(
            "At the cliff the gradient explodes and a single step throws far; clipping the gradient stays near."
        ),
        source="R. Pascanu, T. Mikolov and Y. Bengio, On the difficulty of training recurrent neural networks, 2013",
    ),
)

LESSONS = (
    Surface(
        name="dupont",
        title=mark("Two holes"),
        formula="-2*exp(-((x - 1)**2 + y**2)/0.2) - 3*exp(-((x + 1)**2 + y**2)/0.2) + x**2 + y**2",
        window=((-1.8, 1.8), (-1.3, 1.3)),
        start=(0.75, 1),
        minima=((-0.9363006340109187, 0), (0.905317899160115, 0)),
        saddles=((0.06860243670809657, 0),),
        lesson=mark("Where you end depends on the way: what remembers may roll past the shallow hole."),
        source="E. Dupont, Optimization algorithms visualization, 2018",
    ),
    Surface(
        name="bowl",
        title=mark("Round bowl"),
        formula="x**2 + y**2",
        window=((-4, 4), (-4, 4)),
        start=(1, 3),
        minima=((0, 0),),
        lesson=mark(
            "Equally steep all around: each step shrinks the distance by the same factor, straight to the middle."
        ),
        source="A. Cauchy, Méthode générale pour la résolution des systèmes d'équations simultanées, 1847",
    ),
    Surface(
        name="quadratic",
        title=mark("Quadratic"),
        formula="((x*cos(angle) + y*sin(angle))**2 + condition*(y*cos(angle) - x*sin(angle))**2)/2",
        window=((-8, 8), (-6, 6)),
        start=(-6, 2),
        minima=((0, 0),),
        settings=(
            Setting("condition", 20, 1, 10_000, "log", mark("condition number")),
            Setting("angle", 0.5, -1.5707963267948966, 1.5707963267948966, "linear", mark("angle (radians)")),
        ),
        lesson=mark(
            "The condition number says how much steeper one direction is, and with it how slow descent must be."
        ),
        source="G. Goh, Why momentum really works, Distill 2017",
    ),
    Surface(
        name="ravine",
        title=mark("Ravine"),
        formula="(x**2 + 50*y**2)/2",
        window=((-10, 10), (-6, 6)),
        start=(-8, 2),
        minima=((0, 0),),
        lesson=mark("The steep direction limits the rate, here to 2/50; the flat direction then waits."),
        source="G. Goh, Why momentum really works, Distill 2017",
    ),
    Surface(
        name="turned_ravine",
        title=mark("Turned ravine"),
        formula="12.75*(x**2 + y**2) - 24.5*x*y",
        window=((-8, 8), (-6, 6)),
        start=(-5.66, -2.83),
        minima=((0, 0),),
        lesson=mark("The same ravine turned by 45 degrees: descent and momentum do not notice, Adam does."),
        source="N. Hansen, Adaptive encoding: how to render search coordinate system invariant, 2008",
    ),
    Surface(
        name="narrow_ravine",
        title=mark("Narrow ravine"),
        formula="(x**2 + 1000*y**2)/2",
        window=((-10, 10), (-2, 2)),
        start=(-8, 0.5),
        minima=((0, 0),),
        lesson=mark("With condition number 1000 plain descent needs thousands of steps; curvature needs one."),
        source="D. Luenberger, Introduction to Linear and Nonlinear Programming, 1973",
    ),
    Surface(
        name="heavy_ball",
        title=mark("Heavy ball"),
        formula="(x**2 + 20*y**2)/2",
        window=((-10, 10), (-4, 4)),
        start=(-8, 1),
        minima=((0, 0),),
        lesson=mark("Some memory helps along the valley; too much swings past the end, again and again."),
        source="B. T. Polyak, Some methods of speeding up the convergence of iteration methods, 1964",
    ),
    Surface(
        name="saddle",
        title=mark("Saddle"),
        formula="x**2/2 + y**4/4 - y**2/2",
        window=((-2, 2), (-1.8, 1.8)),
        start=(1.5, 1e-6),
        minima=((0, 1), (0, -1)),
        saddles=((0, 0),),
        lesson=mark("Saddles delay: the nearer the start to the ridge, the longer, by the logarithm of the offset."),
        source="J. Lee et al., Gradient descent only converges to minimizers, 2016",
    ),
    Surface(
        name="monkey_saddle",
        title=mark("Monkey saddle"),
        formula="x**3 - 3*x*y**2",
        window=((-2, 2), (-2, 2)),
        start=(1, 0.02),
        saddles=((0, 0),),
        lesson=mark(
            "Three ways down, one for the tail: in the middle gradient and curvature vanish, and there is no bottom."
        ),
        source="D. Hilbert and S. Cohn-Vossen, Anschauliche Geometrie, 1932",
    ),
    Surface(
        name="plateau",
        title=mark("Plateau"),
        formula="-exp(-(x**2 + y**2)/2)",
        window=((-4, 4), (-4, 4)),
        start=(3, 2),
        minima=((0, 0),),
        lesson=mark("On the plain the gradient is tiny; Adam ignores its size and walks at its own pace."),
        source="X. Glorot and Y. Bengio, Understanding the difficulty of training deep networks, 2010",
    ),
    Surface(
        name="units",
        title=mark("Units"),
        formula="s*(x**2 + 20*y**2)/2",
        window=((-10, 10), (-4, 4)),
        start=(-8, 2),
        minima=((0, 0),),
        settings=(Setting("s", 1, 0.001, 1000, "log", mark("scale of the loss")),),
        lesson=mark("Scaling the loss scales the rate of descent; Adam takes the same path in any unit."),
        source="D. Kingma and J. Ba, Adam: a method for stochastic optimization, 2015, section 2.1",
    ),
    Surface(
        name="noisy_plain",
        title=mark("Noisy plain"),
        formula="(x**2 + 5*y**2)/2",
        window=((-8, 8), (-5, 5)),
        start=(-6, 3),
        minima=((0, 0),),
        lesson=mark("With noisy gradients the loss stops falling at a floor that is proportional to the rate."),
        source="L. Bottou, F. Curtis and J. Nocedal, Optimization methods for large-scale machine learning, 2018",
    ),
)

CLASSICS = (
    Surface(
        name="rosenbrock",
        title=mark("Banana (Rosenbrock)"),
        formula="(1 - x)**2 + 100*(y - x**2)**2",
        window=((-2, 2), (-1, 3)),
        start=(-1.2, 1),
        minima=((1, 1),),
        height="log",
        lesson=mark(
            "Into the curved valley quickly, then along its floor at a crawl: the gradient points across, not along."
        ),
        source="H. H. Rosenbrock, An automatic method for finding the greatest or least value of a function, 1960",
    ),
    Surface(
        name="himmelblau",
        title=mark("Himmelblau"),
        formula="(x**2 + y - 11)**2 + (x + y**2 - 7)**2",
        window=((-5, 5), (-5, 5)),
        start=(-0.27, -0.92),
        minima=(
            (3, 2),
            (-2.805118086952745, 3.131312518250573),
            (-3.779310253377747, -3.2831859912861696),
            (3.5844283403304917, -1.8481265269644036),
        ),
        saddles=(
            (3.385154183607021, 0.07385187983774928),
            (0.08667750455539636, 2.884254701174776),
            (-3.0730257507643897, -0.08135304428796751),
            (-0.12796134673068008, -1.9537149802445763),
        ),
        maxima=((-0.2708445906673476, -0.9230385564799815),),
        lesson=mark("Four equal valleys and a hilltop: from near the top a hair's breadth decides which valley."),
        source="D. M. Himmelblau, Applied Nonlinear Programming, 1972",
    ),
    Surface(
        name="beale",
        title=mark("Beale"),
        formula="(1.5 - x + x*y)**2 + (2.25 - x + x*y**2)**2 + (2.625 - x + x*y**3)**2",
        window=((-4.5, 4.5), (-4.5, 4.5)),
        start=(1, 1.5),
        minima=((3, 0.5),),
        saddles=((0, 1), (0.10053793732415836, -2.644513585023125)),
        height="log",
        lesson=mark("Sheer walls at the corners and a flat floor: a rate that survives the walls crawls on the floor."),
        source="E. M. L. Beale, On an iterative method for finding a local minimum, 1958",
    ),
    Surface(
        name="booth",
        title=mark("Booth"),
        formula="(x + 2*y - 7)**2 + (2*x + y - 5)**2",
        window=((-10, 10), (-10, 10)),
        start=(-8, -4),
        minima=((1, 3),),
        height="log",
        lesson=mark(
            "A quadratic with condition number 9: the best rate is 0.1, and each step then leaves 0.8 of the distance."
        ),
        source="S. Surjanovic and D. Bingham, Virtual Library of Simulation Experiments, 2013: Booth function",
    ),
    Surface(
        name="matyas",
        title=mark("Matyas"),
        formula="0.26*(x**2 + y**2) - 0.48*x*y",
        window=((-10, 10), (-10, 10)),
        start=(-6, 8),
        minima=((0, 0),),
        lesson=mark(
            "A trough along the diagonal, 25 times flatter than across: rules that treat each axis alone see no valley."
        ),
        source="S. Surjanovic and D. Bingham, Virtual Library of Simulation Experiments, 2013: Matyas function",
    ),
    Surface(
        name="mccormick",
        title=mark("McCormick"),
        formula="sin(x + y) + (x - y)**2 - 1.5*x + 2.5*y + 1",
        window=((-1.5, 4), (-3, 4)),
        start=(2.2, 1.9),
        minima=((0.5 - THIRD, -0.5 - THIRD), (0.5 + 2 * THIRD, -0.5 + 2 * THIRD)),
        saddles=((0.5 + THIRD, -0.5 + THIRD),),
        lesson=mark("A trough with waves along it: which dip you reach depends on which side of a wave you start."),
        source="G. P. McCormick, Computability of global solutions to factorable nonconvex programs, 1976",
    ),
    Surface(
        name="goldstein_price",
        title=mark("Goldstein-Price"),
        formula="(1 + (x + y + 1)**2*(19 - 14x + 3x**2 - 14y + 6x*y + 3y**2))"
        "*(30 + (2x - 3y)**2*(18 - 32x + 12x**2 + 48y - 36x*y + 27y**2))",
        window=((-2, 2), (-2, 2)),
        start=(-1.2, -1),
        minima=((0, -1), (-0.6, -0.4), (1.8, 0.2), (1.2, 0.8)),
        saddles=((-0.4, -0.6), (1.2, -0.2), (1.4, 0.6), (0.6, 0.4)),
        maxima=((0.8, 0.2),),
        height="log",
        lesson=mark("From 3 to a million within the window: no single rate suits all of it."),
        source="A. A. Goldstein and J. F. Price, On descent from local minima, 1971",
    ),
    Surface(
        name="three_hump_camel",
        title=mark("Three-hump camel"),
        formula="2*x**2 - 1.05*x**4 + x**6/6 + x*y + y**2",
        window=((-2.2, 2.2), (-2.2, 2.2)),
        start=(-2, -1.5),
        minima=(
            (0, 0),
            (-1.747552345830289, 0.8737761729151445),
            (1.747552345830289, -0.8737761729151445),
        ),
        saddles=((-1.07054229182366, 0.53527114591183), (1.07054229182366, -0.53527114591183)),
        lesson=mark(
            "The side valleys look like the end, and descent believes it; momentum often rolls on to the middle."
        ),
        source="S. Surjanovic and D. Bingham, Virtual Library of Simulation Experiments, 2013: Three-hump camel",
    ),
    Surface(
        name="six_hump_camel",
        title=mark("Six-hump camel"),
        formula="(4 - 2.1*x**2 + x**4/3)*x**2 + x*y + (4*y**2 - 4)*y**2",
        window=((-2, 2), (-1.2, 1.2)),
        start=(-1.8, -0.2),
        minima=(
            (0.08984201310031806, -0.7126564030207396),
            (-0.08984201310031806, 0.7126564030207396),
            (-1.703606714969981, 0.7960835686726251),
            (1.703606714969981, -0.7960835686726251),
            (-1.6071047529201974, -0.5686514548841314),
            (1.6071047529201974, 0.5686514548841314),
        ),
        saddles=(
            (0, 0),
            (-1.1092053368047863, 0.7682680925095399),
            (1.1092053368047863, -0.7682680925095399),
            (-1.6380679841897787, -0.22867406904439408),
            (1.6380679841897787, 0.22867406904439408),
            (-1.2960702671671092, -0.6050843880386585),
            (1.2960702671671092, 0.6050843880386585),
        ),
        maxima=((-1.2302298765166526, -0.16233458445899496), (1.2302298765166526, 0.16233458445899496)),
        lesson=mark("Six valleys in three pairs: two are best, and the nearest is seldom one of them."),
        source="L. C. W. Dixon and G. P. Szegö, Towards Global Optimisation 2, 1978",
    ),
    Surface(
        name="branin",
        title=mark("Branin"),
        formula="(y - 5.1*x**2/(4*pi**2) + 5*x/pi - 6)**2 + 10*(1 - 1/(8*pi))*cos(x) + 10",
        window=((-5, 10), (0, 15)),
        start=(6.5, 10),
        minima=((-PI, 12.275), (PI, 2.275), (3 * PI, 2.475)),
        saddles=((0, 6), (2 * PI, 1.1)),
        lesson=mark("Three valleys equally deep: there is no best answer to find, only a nearest one."),
        source="F. H. Branin, Widely convergent method for finding multiple solutions of simultaneous equations, 1972",
    ),
    Surface(
        name="styblinski_tang",
        title=mark("Styblinski-Tang"),
        formula="(x**4 - 16*x**2 + 5*x + y**4 - 16*y**2 + 5*y)/2",
        window=((-5, 5), (-5, 5)),
        start=(0.5, 4),
        minima=(
            (-2.903534027771177, -2.903534027771177),
            (-2.903534027771177, 2.746802770990837),
            (2.746802770990837, -2.903534027771177),
            (2.746802770990837, 2.746802770990837),
        ),
        saddles=(
            (-2.903534027771177, 0.1567312567803401),
            (0.1567312567803401, -2.903534027771177),
            (0.1567312567803401, 2.746802770990837),
            (2.746802770990837, 0.1567312567803401),
        ),
        maxima=((0.1567312567803401, 0.1567312567803401),),
        lesson=mark("Each axis has a deep and a shallow valley, so three of the four minima are not the lowest."),
        source="M. A. Styblinski and T.-S. Tang, Experiments in nonconvex optimization, 1990",
    ),
    Surface(
        name="rastrigin",
        title=mark("Egg box (Rastrigin)"),
        formula="20 + x**2 + y**2 - 10*cos(2*pi*x) - 10*cos(2*pi*y)",
        window=((-5.12, 5.12), (-5.12, 5.12)),
        start=(2.2, 1.3),
        minima=((0, 0),),
        lesson=mark(
            "A hollow at every grid point: following the slope finds the nearest, and only a lucky start the best."
        ),
        source="L. A. Rastrigin, Systems of Extremal Control, 1974",
    ),
    Surface(
        name="ackley",
        title=mark("Egg box in a funnel (Ackley)"),
        formula="-20*exp(-0.2*sqrt((x**2 + y**2)/2)) - exp((cos(2*pi*x) + cos(2*pi*y))/2) + 20 + e",
        window=((-4, 4), (-4, 4)),
        start=(2.3, 1.6),
        minima=((0, 0),),
        lesson=mark("Ripples hide the funnel: with small steps every rule stops in one of them, far from the middle."),
        source="D. H. Ackley, A Connectionist Machine for Genetic Hillclimbing, 1987",
    ),
    Surface(
        name="easom",
        title=mark("Needle (Easom)"),
        formula="-cos(x)*cos(y)*exp(-(x - pi)**2 - (y - pi)**2)",
        window=((0, 6.3), (0, 6.3)),
        start=(1, 1.5),
        minima=(
            (PI, PI),
            (PI - ASIDE, PI - ASIDE),
            (PI - ASIDE, PI + ASIDE),
            (PI + ASIDE, PI - ASIDE),
            (PI + ASIDE, PI + ASIDE),
        ),
        saddles=((1.5 * PI, 1.5 * PI), (1.5 * PI, 0.5 * PI), (0.5 * PI, 1.5 * PI), (0.5 * PI, 0.5 * PI)),
        maxima=((PI, PI - ASIDE), (PI, PI + ASIDE), (PI - ASIDE, PI), (PI + ASIDE, PI)),
        lesson=mark("A needle in a plain: outside its pit the gradient says nothing about where it is."),
        source="E. E. Easom, A Survey of Global Optimization Techniques, 1990",
    ),
)

SURFACES: dict[str, Surface] = {row.name: row for row in (*LESSONS, *ONE_DIMENSION, *CLASSICS)}
