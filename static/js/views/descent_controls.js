/** The controls of the Descent page: transport, switches, numbers, keys and what can be taken away. */
import { t } from "../i18n.js";
import { parseNumber } from "../numbers.js";
import { changeSpeed, pause, play } from "../player.js";
import { torchScript } from "../pytorch.js";
import * as edit from "../settings.js";
import { isDark } from "./chrome.js";
import { run } from "./descent_run.js";
import { fair, leaveScene, openScene, sameRate, seekTo, select } from "./descent_steer.js";
import { showProblem } from "./element.js";
import { saveHandOut, showCode } from "./share.js";
import { touch, touchRail } from "./stage.js";
import { createTransport } from "./transport.js";

/** The transport at the foot. */
export function transportOf(page) {
  return createTransport({
    toggle: () => {
      page.answered = true;
      if (page.player.playing) pause(page.player);
      else play(page.player);
      touch(page);
    },
    seek: (step) => seekTo(page, Math.min(step, page.player.steps)),
    nudge: (by) => {
      pause(page.player);
      page.answered = true;
      seekTo(page, page.player.step + by);
    },
    first: () => seekTo(page, 0),
    speed: (value) => {
      page.player.speed = value;
      touch(page);
    },
    faster: (direction) => {
      changeSpeed(page.player, direction);
      touch(page);
    },
    loop: () => {
      page.player.loop = !page.player.loop;
      touch(page);
    },
  });
}

/** Switches of what is laid over the plots, and the two panels that share a place. */
export function wireSwitches(page) {
  for (const [id, name] of [
    ["#theory", "theory"],
    ["#downhill", "downhill"],
    ["#arrows", "arrows"],
    ["#fog", "fog"],
    ["#fan", "fanWanted"],
    ["#basins", "basinsWanted"],
  ]) {
    document.querySelector(id).addEventListener("change", (event) => {
      page[name] = event.target.checked;
      touchRail(page);
    });
  }
  for (const tab of document.querySelectorAll("[data-panel]")) {
    tab.addEventListener("click", () => {
      page.panel = tab.dataset.panel;
      for (const other of document.querySelectorAll("[data-panel]"))
        other.setAttribute("aria-pressed", String(other.dataset.panel === page.panel));
      if (page.panel !== "arrival") page.goal = null;
      touch(page);
    });
  }
  document.querySelector("#fair").addEventListener("click", () => fair(page));
  document.querySelector("#same-rate").addEventListener("click", () => sameRate(page));
}

/** Steps, noise and seed of all runs. */
export function wireRunning(page) {
  const problem = document.querySelector("#running-problem");
  const wireNumber = (id, next) => document.querySelector(id).addEventListener("change", (event) => {
    const value = parseNumber(event.target.value);
    if (Number.isNaN(value))
      return showProblem(problem, null, t("“{text}” is not a number: type one such as 0.1.", { text: event.target.value }));
    showProblem(problem, null, null);
    leaveScene(page);
    return run(page, next(value), { ghost: true });
  });
  wireNumber("#steps", (value) => edit.withSteps(page.spec, value));
  wireNumber("#noise", (value) => edit.withNoise(page.spec, value));
  wireNumber("#seed", (value) => edit.withSeed(page.spec, value));
}

/** What can be taken away: the hand-out of this page and the script of its runs beside what every page has. */
export function takeAway(page) {
  const script = () => torchScript(page.spec, page.answer?.program, page.who.map(({ name }) => name));
  const share = {
    link: () => page.link,
    fragment: () => fragment(page),
    spec: () => page.spec,
    name: () => page.scene?.name ?? page.spec.problem?.name ?? "descent",
    more: [{ icon: "page", words: t("Interactive hand-out"), press: () => saveHandOut(share, "descent", isDark() ? "dark" : "light") }],
    code: [
      {
        icon: "code",
        words: t("PyTorch script"),
        possible: () => Boolean(page.who && script()),
        press: () => showCode(t("PyTorch script"), script()),
      },
    ],
  };
  return share;
}

/** What is shown of the spec: the step, where it is not the first, and the window, where it is not the whole one. */
export function fragment(page) {
  const shown = [
    page.player.step > 0 && `step=${page.player.step}`,
    page.window && `window=${page.window.flat().map((v) => Number(v.toPrecision(6)))}`,
  ];
  const said = shown.filter(Boolean).join("&");
  return said && `#${said}`;
}

/** The keys of this page, beside those of every page. */
export function keys(page) {
  const press = (id) => () => document.querySelector(id).click();
  const number = (chrome, event) => {
    const index = Number(event.key) - 1;
    if (document.documentElement.dataset.present !== undefined && page.scenes[index]) openScene(page, page.scenes[index]);
    else if (index < page.spec.runs.length) select(page, index);
  };
  return [
    { keys: ["1", "2", "3", "4", "5", "6", "7", "8", "9"], words: t("select a run; when presenting, open a scene"), press: number },
    { keys: ["t"], words: t("theory overlay"), press: press("#theory") },
    { keys: ["g"], words: t("downhill directions"), press: press("#downhill") },
    { keys: ["a"], words: t("arrows of the step"), press: press("#arrows") },
    { keys: ["f"], words: t("fog"), press: press("#fog") },
    { keys: ["l"], words: t("play again and again") },
  ];
}
