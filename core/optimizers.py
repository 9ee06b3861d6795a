"""The update rules, as their papers print them.

A row of `OPTIMIZERS` is all that a new rule needs (docs/adding-an-optimizer.md). Names, settings and
conventions are torch.optim's where it has the rule; default rates suit the surfaces here, not networks.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from core.settings import Setting
from core.words import mark

Family = Literal["plain", "mom", "ada", "adam", "sign", "second"]


@dataclass(frozen=True, slots=True)
class Optimizer:
    """An update rule: its lines, its settings, and what to know about it.

    `rule` is text in the language of `core.formula`, or None where a step needs more than element-wise
    lines (core/second_order.py). `words` has a plain word for each variable of the rule.

    >>> OPTIMIZERS["momentum"].rule.splitlines()
    ['v = momentum*v + g', 'x = x - lr*v']
    """

    name: str
    title: str
    family: Family
    rule: str | None
    settings: tuple[Setting, ...]
    words: Mapping[str, str]
    source: str
    good: str
    bad: str


ALMOST_ONE = 0.99999


def _rate(default: float) -> Setting:
    return Setting("lr", default, 0, 1000, "log", mark("learning rate"))


def _decay(name: str, default: float, label: str, low: float = 0) -> Setting:
    return Setting(name, default, low, ALMOST_ONE, "complement", label)


def _weight_decay(default: float) -> Setting:
    return Setting("weight_decay", default, 0, 10, "log", mark("weight decay"))


def _small(default: float) -> Setting:
    return Setting("eps", default, 0, 1, "log", mark("smallest divisor"))


MOMENTUM = _decay("momentum", 0.9, mark("momentum"))
BETA1 = _decay("beta1", 0.9, mark("decay of the first moment"))
BETA2 = _decay("beta2", 0.999, mark("decay of the second moment"))

PLAIN_WORDS = {"g": mark("gradient"), "x": mark("next point")}
ADAM_WORDS = {
    **PLAIN_WORDS,
    "m": mark("first moment"),
    "v": mark("second moment"),
    "m_hat": mark("corrected first moment"),
    "v_hat": mark("corrected second moment"),
}

PLAIN = (
    Optimizer(
        name="sgd",
        title="SGD",
        family="plain",
        rule="x = x - lr*g",
        settings=(_rate(0.01),),
        words=PLAIN_WORDS,
        source="A. Cauchy, 1847; H. Robbins and S. Monro, A stochastic approximation method, 1951",
        good=mark("Simple and honest: one number to choose, and on a quadratic you can say which."),
        bad=mark("Zigzags across narrow valleys and crawls along them; the steepest direction limits the rate."),
    ),
    Optimizer(
        name="sgd_weight_decay",
        title=mark("SGD, weight decay"),
        family="plain",
        rule="d = g + weight_decay*x\nx = x - lr*d",
        settings=(_rate(0.01), _weight_decay(0.1)),
        words={**PLAIN_WORDS, "d": mark("gradient with decay")},
        source="A. Krogh and J. Hertz, A simple weight decay can improve generalization, 1991",
        good=mark("Pulls towards zero: flat directions get a minimum, and weights stay small."),
        bad=mark("Ends beside the minimum, on the side of zero."),
    ),
    Optimizer(
        name="sgd_clipped",
        title=mark("SGD, clipped"),
        family="plain",
        rule="d = g*min(1, max_norm/(norm(g) + 0.000001))\nx = x - lr*d",
        settings=(_rate(0.01), Setting("max_norm", 1, 1e-6, 1e6, "log", mark("longest gradient"))),
        words={**PLAIN_WORDS, "d": mark("clipped gradient")},
        source="R. Pascanu, T. Mikolov and Y. Bengio, On the difficulty of training recurrent neural networks, 2013",
        good=mark("Survives cliffs: no step is longer than the rate times the longest gradient allowed."),
        bad=mark("Far from the minimum it walks at a fixed pace, however steep the way."),
    ),
)

WITH_MOMENTUM = (
    Optimizer(
        name="momentum",
        title="Momentum",
        family="mom",
        rule="v = momentum*v + g\nx = x - lr*v",
        settings=(_rate(0.01), MOMENTUM),
        words={**PLAIN_WORDS, "v": mark("velocity")},
        source="B. T. Polyak, Some methods of speeding up the convergence of iteration methods, 1964",
        good=mark("Gathers speed along valleys, where the gradients agree, and cancels the zigzag, where they do not."),
        bad=mark("Overshoots and swings; with too much of it, for a long time."),
    ),
    Optimizer(
        name="nesterov",
        title="Nesterov",
        family="mom",
        rule="v = momentum*v + g\nx = x - lr*(g + momentum*v)",
        settings=(_rate(0.01), MOMENTUM),
        words={**PLAIN_WORDS, "v": mark("velocity")},
        source="Y. Nesterov, A method of solving a convex programming problem with convergence rate O(1/k²), 1983;"
        " I. Sutskever et al., On the importance of initialization and momentum in deep learning, 2013",
        good=mark("Looks ahead to where its velocity carries it, and so swings less than plain momentum."),
        bad=mark("Stable only up to a smaller rate than plain momentum; noise undoes its advantage."),
    ),
)

ADAPTIVE = (
    Optimizer(
        name="adagrad",
        title="AdaGrad",
        family="ada",
        rule="G = G + g**2\nx = x - lr*g/(sqrt(G) + eps)",
        settings=(_rate(0.5), _small(1e-10)),
        words={**PLAIN_WORDS, "G": mark("sum of squared gradients")},
        source="J. Duchi, E. Hazan and Y. Singer, Adaptive subgradient methods, 2011",
        good=mark("Gives rarely used directions large steps: made for sparse data."),
        bad=mark("Its memory only grows, so its steps only shrink; it may stop short."),
    ),
    Optimizer(
        name="adadelta",
        title="AdaDelta",
        family="ada",
        rule="v = rho*v + (1 - rho)*g**2\nd = sqrt(u + eps)/sqrt(v + eps)*g\nu = rho*u + (1 - rho)*d**2\nx = x - lr*d",
        settings=(_rate(1), _decay("rho", 0.9, mark("decay of the averages")), _small(1e-6)),
        words={
            **PLAIN_WORDS,
            "v": mark("average squared gradient"),
            "u": mark("average squared step"),
            "d": mark("step"),
        },
        source="M. Zeiler, ADADELTA: an adaptive learning rate method, 2012",
        good=mark("Needs no rate: the steps have the parameter's own unit."),
        bad=mark("Starts with tiny steps, because it has none to remember, and never comes quite to rest."),
    ),
    Optimizer(
        name="rmsprop",
        title="RMSProp",
        family="ada",
        rule="v = alpha*v + (1 - alpha)*g**2\nx = x - lr*g/(sqrt(v) + eps)",
        settings=(_rate(0.01), _decay("alpha", 0.99, mark("decay of the average")), _small(1e-8)),
        words={**PLAIN_WORDS, "v": mark("average squared gradient")},
        source="T. Hinton and G. Hinton, Lecture 6.5: rmsprop, 2012",
        good=mark("Same pace in steep and flat directions, and it forgets old gradients."),
        bad=mark("Starts ten times too fast (nothing corrects the empty memory) and never comes quite to rest."),
    ),
    Optimizer(
        name="rmsprop_centered",
        title=mark("RMSProp, centred"),
        family="ada",
        rule="v = alpha*v + (1 - alpha)*g**2\nm = alpha*m + (1 - alpha)*g\nx = x - lr*g/(sqrt(max(v - m**2, 0)) + eps)",
        settings=(_rate(0.01), _decay("alpha", 0.99, mark("decay of the averages")), _small(1e-8)),
        words={**PLAIN_WORDS, "v": mark("average squared gradient"), "m": mark("average gradient")},
        source="A. Graves, Generating sequences with recurrent neural networks, 2013",
        good=mark("Divides by the gradient's spread, not its size: steady slopes are taken in long steps."),
        bad=mark("Where the gradient hardly changes its spread is almost nothing, and the steps become wild."),
    ),
)

ADAM_LIKE = (
    Optimizer(
        name="adam",
        title="Adam",
        family="adam",
        rule="m = beta1*m + (1 - beta1)*g\n"
        "v = beta2*v + (1 - beta2)*g**2\n"
        "m_hat = m / (1 - beta1**t)\n"
        "v_hat = v / (1 - beta2**t)\n"
        "x = x - lr * m_hat / (sqrt(v_hat) + eps)",
        settings=(_rate(0.1), BETA1, BETA2, _small(1e-8)),
        words=ADAM_WORDS,
        source="D. Kingma and J. Ba, Adam: a method for stochastic optimization, 2015",
        good=mark("Its first step has the length of the rate whatever the gradient; it needs little tuning."),
        bad=mark("Depends on the axes, swings like momentum, and well-tuned momentum can beat it."),
    ),
    Optimizer(
        name="amsgrad",
        title="AMSGrad",
        family="adam",
        rule="m = beta1*m + (1 - beta1)*g\n"
        "v = beta2*v + (1 - beta2)*g**2\n"
        "v_max = max(v_max, v)\n"
        "m_hat = m / (1 - beta1**t)\n"
        "v_hat = v_max / (1 - beta2**t)\n"
        "x = x - lr * m_hat / (sqrt(v_hat) + eps)",
        settings=(_rate(0.1), BETA1, BETA2, _small(1e-8)),
        words={**ADAM_WORDS, "v_max": mark("largest second moment")},
        source="S. Reddi, S. Kale and S. Kumar, On the convergence of Adam and beyond, 2018",
        good=mark("Never forgets a large gradient, which repairs the proof of Adam's convergence."),
        bad=mark("One steep place early on slows it for good."),
    ),
    Optimizer(
        name="adamw",
        title="AdamW",
        family="adam",
        rule="m = beta1*m + (1 - beta1)*g\n"
        "v = beta2*v + (1 - beta2)*g**2\n"
        "m_hat = m / (1 - beta1**t)\n"
        "v_hat = v / (1 - beta2**t)\n"
        "x = x - lr*weight_decay*x - lr * m_hat / (sqrt(v_hat) + eps)",
        settings=(_rate(0.1), BETA1, BETA2, _small(1e-8), _weight_decay(0.01)),
        words=ADAM_WORDS,
        source="I. Loshchilov and F. Hutter, Decoupled weight decay regularization, 2019",
        good=mark("Decays weights beside the adaptive step, not through it, so every weight decays alike."),
        bad=mark("On a bare surface the decay only pulls it away from the minimum."),
    ),
    Optimizer(
        name="adamax",
        title="AdaMax",
        family="adam",
        rule="m = beta1*m + (1 - beta1)*g\n"
        "u = max(beta2*u, abs(g) + eps)\n"
        "m_hat = m / (1 - beta1**t)\n"
        "x = x - lr * m_hat / u",
        settings=(_rate(0.1), BETA1, _decay("beta2", 0.999, mark("decay of the largest gradient")), _small(1e-8)),
        words={
            **PLAIN_WORDS,
            "m": mark("first moment"),
            "u": mark("largest recent gradient"),
            "m_hat": mark("corrected first moment"),
        },
        source="D. Kingma and J. Ba, Adam: a method for stochastic optimization, 2015, section 7.1",
        good=mark("Divides by the largest recent gradient: no step is longer than the rate."),
        bad=mark("A single steep place shortens its steps for a thousand more."),
    ),
    Optimizer(
        name="nadam",
        title="Nadam",
        family="adam",
        rule="memory p = 1\n"
        "mu = beta1*(1 - 0.5*0.96**(t*momentum_decay))\n"
        "mu_next = beta1*(1 - 0.5*0.96**((t + 1)*momentum_decay))\n"
        "p = p*mu\n"
        "m = beta1*m + (1 - beta1)*g\n"
        "v = beta2*v + (1 - beta2)*g**2\n"
        "m_hat = mu_next*m/(1 - p*mu_next) + (1 - mu)*g/(1 - p)\n"
        "v_hat = v / (1 - beta2**t)\n"
        "x = x - lr * m_hat / (sqrt(v_hat) + eps)",
        settings=(
            _rate(0.1),
            BETA1,
            BETA2,
            _small(1e-8),
            Setting("momentum_decay", 0.004, 0, 1, "log", mark("how fast momentum warms up")),
        ),
        words={
            **ADAM_WORDS,
            "p": mark("product of the momenta"),
            "mu": mark("momentum now"),
            "mu_next": mark("momentum of the next step"),
            "m_hat": mark("first moment, looking ahead"),
        },
        source="T. Dozat, Incorporating Nesterov momentum into Adam, 2016",
        good=mark("Adam that looks ahead as Nesterov does: a little quicker to turn."),
        bad=mark("Shares Adam's dependence on the axes; the gain is small."),
    ),
    Optimizer(
        name="radam",
        title="RAdam",
        family="adam",
        rule="m = beta1*m + (1 - beta1)*g\n"
        "v = beta2*v + (1 - beta2)*g**2\n"
        "m_hat = m / (1 - beta1**t)\n"
        "rho_max = 2/(1 - beta2) - 1\n"
        "rho = rho_max - 2*t*beta2**t/(1 - beta2**t)\n"
        "trust = sign(max(rho - 5, 0))\n"
        "q = max(rho, 5)\n"
        "r = sqrt((q - 4)*(q - 2)*rho_max/((rho_max - 4)*(rho_max - 2)*q))\n"
        "scale = 1 - trust + trust*r*sqrt(1 - beta2**t)/(sqrt(v) + eps)\n"
        "x = x - lr*scale*m_hat",
        settings=(
            _rate(0.1),
            BETA1,
            _decay("beta2", 0.999, mark("decay of the second moment"), low=0.7),
            _small(1e-8),
        ),
        words={
            **PLAIN_WORDS,
            "m": mark("first moment"),
            "v": mark("second moment"),
            "m_hat": mark("corrected first moment"),
            "rho_max": mark("longest memory"),
            "rho": mark("length of memory so far"),
            "trust": mark("1 once the second moment can be trusted"),
            "q": mark("length of memory, at least 5"),
            "r": mark("rectification"),
            "scale": mark("scale of the step"),
        },
        source="L. Liu et al., On the variance of the adaptive learning rate and beyond, 2020",
        good=mark("Waits until its second moment can be trusted: no warm-up needed."),
        bad=mark("Its first steps are plain momentum at Adam's large rate: steep starts throw it far."),
    ),
)

BY_SIGN = (
    Optimizer(
        name="lion",
        title="Lion",
        family="sign",
        rule="c = beta1*m + (1 - beta1)*g\nm = beta2*m + (1 - beta2)*g\nx = x - lr*(sign(c) + weight_decay*x)",
        settings=(
            _rate(0.01),
            _decay("beta1", 0.9, mark("memory used for the step")),
            _decay("beta2", 0.99, mark("memory kept")),
            _weight_decay(0),
        ),
        words={**PLAIN_WORDS, "c": mark("mixture of memory and gradient"), "m": mark("first moment")},
        source="X. Chen et al., Symbolic discovery of optimization algorithms, 2023",
        good=mark("Every coordinate moves by exactly the rate: one memory, no division."),
        bad=mark("Cannot take a smaller step: near the minimum it trembles by the rate for ever."),
    ),
    Optimizer(
        name="rprop",
        title="Rprop",
        family="sign",
        rule="memory d = lr\n"
        "s = sign(g*p)\n"
        "d = min(max(d*(1 + (eta_plus - 1)*max(s, 0) + (1 - eta_minus)*min(s, 0)), step_min), step_max)\n"
        "p = g*min(s + 1, 1)\n"
        "x = x - d*sign(p)",
        settings=(
            _rate(0.01),
            Setting("eta_minus", 0.5, 0.01, 0.99, "linear", mark("factor after a turn")),
            Setting("eta_plus", 1.2, 1.01, 5, "linear", mark("factor while straight on")),
            Setting("step_min", 1e-6, 0, 1, "log", mark("shortest step")),
            Setting("step_max", 50, 1e-6, 1000, "log", mark("longest step")),
        ),
        words={
            **PLAIN_WORDS,
            "s": mark("1 straight on, -1 after a turn"),
            "d": mark("step length"),
            "p": mark("gradient followed"),
        },
        source="M. Riedmiller and H. Braun, A direct adaptive method for faster backpropagation learning, 1993",
        good=mark("Each axis finds its own step length from signs alone: fast where gradients are exact."),
        bad=mark("Noise turns signs at random: useless on mini-batches."),
    ),
)

SECOND_ORDER = (
    Optimizer(
        name="newton",
        title="Newton",
        family="second",
        rule=None,
        settings=(Setting("lr", 1, 0, 2, "linear", mark("part of the Newton step")),),
        words={"H": mark("Hessian"), **PLAIN_WORDS},
        source="I. Newton, 1669; L. Kantorovich, Functional analysis and applied mathematics, 1948",
        good=mark("Knows the curvature: a quadratic takes one step, whatever its condition number."),
        bad=mark(
            "Refuses where the curvature is singular or indefinite; a Hessian holds the square of the parameters."
        ),
    ),
    Optimizer(
        name="lbfgs",
        title="L-BFGS",
        family="second",
        rule=None,
        settings=(
            Setting("lr", 1, 0, 1000, "log", mark("first step tried")),
            Setting("history_size", 10, 1, 100, "linear", mark("steps remembered")),
        ),
        words=PLAIN_WORDS,
        source="D. Liu and J. Nocedal, On the limited memory BFGS method for large scale optimization, 1989",
        good=mark("Learns the curvature from its own last steps, with a line search that never goes uphill."),
        bad=mark("Needs exact gradients: noise in a mini-batch spoils what it learns."),
    ),
    Optimizer(
        name="exact_line_search",
        title=mark("Exact line search"),
        family="second",
        rule=None,
        settings=(),
        words=PLAIN_WORDS,
        source="A. Cauchy, Méthode générale pour la résolution des systèmes d'équations simultanées, 1847",
        good=mark("No rate to choose: each step goes to the lowest point of its line."),
        bad=mark("Each step is at a right angle to the last, so in a ravine it zigzags all the same."),
    ),
)

OPTIMIZERS: dict[str, Optimizer] = {
    row.name: row for row in (*PLAIN, *WITH_MOMENTUM, *ADAPTIVE, *ADAM_LIKE, *BY_SIGN, *SECOND_ORDER)
}
