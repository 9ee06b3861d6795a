/** The graph of a pass: units or operations with their values, edges with their gradients. Sign by hue and mark, size by width. */
import { t } from "../i18n.js";
import { brief, num } from "../numbers.js";
import { formulaPlaces, networkPlaces, operationSign } from "../passgraph.js";
import { svg } from "./element.js";

const WIDEST = 7;
const LINE = 17; // height of a line of words on an edge
const FEW = 4; // numbers of a moment that are all written on their edges

/** The graph in `host`; `on.select(node)` hears which number a person wants explained, `on.edit(node)` which to type anew. */
export function createGraph(host, on) {
  const root = svg("svg", { class: "chart graph", role: "group", "aria-label": t("Graph of the pass") });
  host.append(root);
  root.addEventListener("click", (event) => {
    const node = event.target.closest("[data-node]")?.dataset.node;
    if (node !== undefined) on.select(Number(node));
  });
  root.addEventListener("dblclick", (event) => {
    const node = event.target.closest("[data-node]")?.dataset.node;
    if (node !== undefined) on.edit(Number(node));
  });
  root.addEventListener("keydown", (event) => {
    const node = event.target.closest("[data-node]")?.dataset.node;
    if (node === undefined || (event.key !== "Enter" && event.key !== " ")) return;
    event.preventDefault();
    on.select(Number(node));
  });
  return { host, root, key: "" };
}

/** Draw {pass, known, moment, selected, presenting}; `version` names the pass. */
export function drawGraph(graph, shown) {
  const { host, root } = graph;
  const box = { width: host.clientWidth, height: host.clientHeight };
  if (box.width < 60 || box.height < 60) return;
  const key = JSON.stringify([box, shown.version, shown.at, shown.moments.length, shown.selected, shown.presenting]);
  if (key === graph.key) return;
  graph.key = key;
  const focused = root.contains(document.activeElement) ? document.activeElement.dataset.node : null;
  root.setAttribute("viewBox", `0 0 ${box.width} ${box.height}`);
  const places = shown.pass.kind === "network" ? networkPlaces(shown.pass, box) : formulaPlaces(shown.pass, box);
  const scene = { ...shown, places, nodes: shown.pass.nodes, largest: largest(shown.pass.nodes), size: shown.presenting ? 1.15 : 1 };
  const edges = places.edges.map((edge) => drawEdge(edge, scene));
  root.replaceChildren(
    ...edges.map(({ line }) => line),
    ...edges.flatMap(({ words }) => words),
    ...places.nodes.map((place) => drawNode(place, scene)),
  );
  if (focused !== null) root.querySelector(`[data-node="${focused}"]`)?.focus({ preventScroll: true });
}

function largest(nodes) {
  return Math.max(1e-300, ...nodes.filter((node) => node.role === "parameter").map((node) => Math.abs(node.adjoint ?? 0)));
}

/** "pos", "neg" or "none": the class that colours a gradient. */
export function signClass(value) {
  return value > 0 ? "pos" : value < 0 ? "neg" : "none";
}

/** A gradient with its sign: +0.0822, −0.0226. */
export function signed(value, digits = 3) {
  return (value > 0 ? "+" : "") + brief(value ?? NaN, digits);
}

/** Widths are on a logarithmic scale over four decades: the gradients of a deep network all remain visible. */
function widthOf(value, most) {
  if (!value) return 1;
  const place = 1 + Math.log10(Math.abs(value) / most) / 4;
  return 1.4 + (WIDEST - 1.4) * Math.max(0, Math.min(1, place));
}

/* ---- edges ---- */

function drawEdge(edge, scene) {
  const { from, to, parameter } = edge;
  const stops = [from, ...(edge.via ?? []), to];
  const [x0, y0] = trimmed(from, stops[1]);
  const [, , x1, y1] = trimmed(stops.at(-2), to);
  const gradient = gradientOf(edge, scene);
  const lit = isLit(edge, scene);
  const kind = ["edge", gradient === null ? "" : signClass(gradient), lit ? "lit" : ""].join(" ");
  const path = edge.bend
    ? bent(x0, y0, x1, y1, edge.bend)
    : `M${x0} ${y0}${stops
        .slice(1, -1)
        .map(({ x, y }) => `L${x.toFixed(1)} ${y.toFixed(1)}`)
        .join("")}L${x1} ${y1}`;
  const width = gradient === null ? (lit ? 2 : 1) : widthOf(gradient, scene.pass.kind === "network" ? scene.largest : peak(scene));
  const line = svg("path", {
    d: path,
    class: kind,
    "stroke-width": width.toFixed(2),
    ...(parameter >= 0 ? { "data-node": parameter } : {}),
  });
  return {
    line,
    words: edgeWords(edge, edge.via?.length ? [edge.via.at(-1).x, edge.via.at(-1).y, x1, y1] : [x0, y0, x1, y1], gradient, lit, scene),
  };
}

/** In a formula an edge carries the adjoint that comes down it; in a network the gradient of its weight. */
function gradientOf({ from, to, parameter, local }, { known, nodes, pass }) {
  if (parameter >= 0) return known.backward.has(parameter) ? nodes[parameter].adjoint : null;
  if (pass.kind === "network") return known.backward.has(from.node) ? nodes[from.node].adjoint : null;
  return known.backward.has(from.node) && nodes[to.node].adjoint !== null ? nodes[to.node].adjoint * local : null;
}

function peak({ nodes }) {
  return Math.max(1e-300, ...nodes.map((node) => Math.abs(node.adjoint ?? 0)));
}

function isLit({ from, to, parameter, through }, { moment, selected, nodes }) {
  if (selected === parameter && parameter >= 0) return true;
  return moment.shows.some(({ node, way }) => {
    if (way === "forward") return moment.phase !== "start" && (node === to.node || node === to.sum);
    if (node === parameter) return true;
    if (nodes[node].role === "parameter") return node === through;
    return node === from.node && moment.phase !== "weights";
  });
}

function trimmed(from, to) {
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  const long = Math.hypot(dx, dy) || 1;
  return [
    from.x + (dx / long) * (from.r + 2),
    from.y + (dy / long) * (from.r + 2),
    to.x - (dx / long) * (to.r + 2),
    to.y - (dy / long) * (to.r + 2),
  ].map((v) => Number(v.toFixed(1)));
}

function bent(x0, y0, x1, y1, side) {
  const [mx, my] = [(x0 + x1) / 2, (y0 + y1) / 2];
  const long = Math.hypot(x1 - x0, y1 - y0) || 1;
  const off = 16 * side;
  return `M${x0} ${y0}Q${(mx - ((y1 - y0) / long) * off).toFixed(1)} ${(my + ((x1 - x0) / long) * off).toFixed(1)} ${x1} ${y1}`;
}

/** w₃₁ 0.4 over its gradient, on the edge where no two of a layer meet; where it is crowded only one of them. */
function edgeWords(edge, [x0, y0, x1, y1], gradient, lit, scene) {
  const { nodes, places, pass, size } = scene;
  const { parameter } = edge;
  if (pass.kind !== "network") return localWords(edge, [x0, y0, x1, y1], gradient, scene);
  const siblings = places.edges.filter((other) => other.to.depth === edge.to.depth).length;
  const chosen = scene.selected === parameter || (lit && scene.moment.shows.length <= FEW && !places.narrow);
  if (parameter < 0 || (siblings > 1 && (places.upright || places.narrow || places.gap * 0.2 < LINE) && !chosen)) return [];
  if (places.crowded && siblings > 1 && edge.from.y === edge.to.y) return []; // the units would cover them
  const part = siblings <= 2 ? 0.5 : places.upright ? 0.55 : siblings <= 4 ? 0.38 : 0.4;
  const [x, y] = [edge.from.x + (edge.to.x - edge.from.x) * part, edge.from.y + (edge.to.y - edge.from.y) * part];
  const beside = places.upright && siblings === 1 ? 44 : 0;
  const words = (dy, ...spans) =>
    svg(
      "text",
      {
        class: "word on-edge",
        x: (x + beside).toFixed(1),
        y: (y + dy).toFixed(1),
        "font-size": 11.5 * size,
        "text-anchor": "middle",
        "data-node": parameter,
      },
      ...spans,
    );
  const value = [...symbolSpans(nodes[parameter].name), svg("tspan", { class: "n", dx: 3 }, brief(nodes[parameter].value, 3))];
  if (places.upright && siblings > 1)
    return [
      words(
        4,
        gradient === null
          ? svg("tspan", { class: "n" }, brief(nodes[parameter].value, 3))
          : svg("tspan", { class: `g ${signClass(gradient)}` }, signed(gradient)),
      ),
    ];
  if (gradient === null) return [words(beside ? 4 : siblings === 1 ? -edge.to.r - 6 : 4, ...value)];
  const slope = svg("tspan", { class: `g ${signClass(gradient)}` }, signed(gradient));
  const both = places.gap * (siblings <= 4 ? 0.24 : 0.2) > 2 * LINE;
  if (siblings === 1 && !places.upright) return [words(-edge.to.r - 20, ...value), words(-edge.to.r - 6, slope)]; // short edges: above the units
  return both ? [words(beside ? -3 : -7, ...value), words(beside ? 11 : 15, slope)] : [words(4, slope)];
}

/** The derivative along an edge of a formula. */
function localWords(edge, [x0, y0, x1, y1], gradient, { size }) {
  if (gradient === null) return [];
  const bend = edge.bend ?? 0;
  const [x, y] = [(x0 + x1) / 2 + 7 + bend * 14, (y0 + y1) / 2 + 4];
  return [
    svg(
      "text",
      { class: "word local", x, y, "font-size": 11 * size, "text-anchor": bend < 0 ? "end" : "start" },
      `× ${brief(edge.local, 4)}`,
    ),
  ];
}

/** w_31 as an italic w with a small 31. */
function symbolSpans(name) {
  const [letter, below = ""] = [
    name.slice(0, name.indexOf("_") < 0 ? name.length : name.indexOf("_")),
    name.includes("_") ? name.slice(name.indexOf("_") + 1) : "",
  ];
  const spans = [svg("tspan", { class: "v" }, letter)];
  if (below) spans.push(svg("tspan", { dy: 3, "font-size": "78%" }, below.replace("_", ",")), svg("tspan", { dy: -3 }, "\u200b"));
  return spans;
}

/* ---- nodes ---- */

function drawNode(place, scene) {
  const { nodes, known, moment, selected } = scene;
  const node = nodes[place.node];
  const there = known.forward.has(place.node);
  const gradient = slopeAt(place, scene);
  const active =
    moment.focus >= 0 && (moment.focus === place.node || moment.shows.some((each) => each.node === place.node || each.node === place.sum));
  const group = svg("g", {
    class: [
      "unit",
      there ? "there" : "",
      active && moment.phase !== "start" ? "active" : "",
      selected === place.node ? "selected" : "",
      gradient === null ? "" : signClass(gradient),
    ].join(" "),
    role: "button",
    tabindex: 0,
    "data-node": place.node,
    "aria-label": label(place, scene),
    "aria-pressed": String(selected === place.node),
  });
  group.append(svg("circle", { cx: place.x, cy: place.y, r: place.r }));
  if (gradient !== null)
    group.append(
      svg("circle", {
        class: "ring",
        cx: place.x,
        cy: place.y,
        r: place.r + 1,
        "stroke-width": Math.min(5, widthOf(gradient, peak(scene)) * 0.75).toFixed(2),
      }),
    );
  group.append(...(scene.pass.kind === "network" ? unitWords(place, node, there, scene) : operationWords(place, node, there, scene)));
  return group;
}

/** The slope that colours a node: ∂C/∂z of a unit, ∂f/∂v of an operation. */
function slopeAt(place, { nodes, known, pass }) {
  const index = pass.kind === "network" ? place.sum : place.node;
  if (index < 0 || !known.backward.has(index)) return null;
  return nodes[index].adjoint;
}

function label(place, { nodes, known }) {
  const node = nodes[place.node];
  const words = [spoken(node.name)];
  if (known.forward.has(place.node)) words.push(num(node.value, 6));
  if (known.backward.has(place.node)) words.push(`${t("gradient")} ${signed(node.adjoint, 4)}`);
  return words.join(", ");
}

/** z_3 as it is spoken and printed without markup: z₃. */
export function spoken(name) {
  const at = name.indexOf("_");
  return at < 0 ? name : name.slice(0, at) + name.slice(at + 1).replace(/\d/g, (digit) => "₀₁₂₃₄₅₆₇₈₉"[digit]).replace("_", ",");
}

const word = (x, y, size, text, more = {}) =>
  svg("text", { x, y, "font-size": size, "text-anchor": "middle", ...more, class: `word ${more.class ?? ""}` }, ...[text].flat());

function unitWords(place, node, there, scene) {
  const { nodes, known, size, places } = scene;
  const { x, y, r } = place;
  const small = r < 22;
  const words = [word(x, y + (there && !small ? -5 : 4), (small ? 11.5 : 13) * size, symbolSpans(node.name), { class: "in" })];
  if (there && !small) words.push(word(x, y + 12, (r < 26 ? 10.5 : 12) * size, brief(node.value, 4), { class: "in bold" }));
  if (there && small) words.push(word(x, y - r - 5, 10.5 * size, brief(node.value, 3), { class: "bold" }));
  const z = place.sum >= 0 ? nodes[place.sum] : null;
  const below = y + r + 14 * size;
  const room = !places.narrow && (places.upright || places.gap > 96);
  const lower = room || (places.crowded && place.depth % 2 === 0) ? 1 : 0; // crowded, every other number a line below
  if (z && room && !places.upright && known.forward.has(place.sum))
    words.push(word(x, below, 11 * size, [...symbolSpans(z.name), svg("tspan", { class: "n", dx: 3 }, brief(z.value, 4))]));
  if (z && !places.upright && known.backward.has(place.sum))
    words.push(
      word(x, below + lower * 14 * size, (places.narrow ? 10 : 11.5) * size, signed(z.adjoint, places.narrow ? 2 : 3), {
        class: `g ${signClass(z.adjoint)}`,
      }),
    );
  if (z && places.upright && known.backward.has(place.sum))
    words.push(word(x, y + r + 13, 11 * size, signed(z.adjoint), { class: `g ${signClass(z.adjoint)}` }));
  if (place.bias >= 0 && room && !places.upright && !small) words.push(...biasWords(place, scene));
  const target = nodes.findIndex((each) => each.role === "target" && each.layer === node.layer && each.unit === node.unit);
  if (node.role === "output" && target >= 0 && !places.upright) words.push(targetWords(place, nodes[target], scene));
  return words;
}

/** What an output should be, on the side where its edge does not run. */
function targetWords({ x, y, r, node: index }, target, { size, places }) {
  if (places.narrow) return word(x, y - r - 19, 10.5 * size, [...symbolSpans(target.name), ` = ${brief(target.value, 3)}`], { class: "n" });
  const result = places.nodes.at(-1);
  const above = y <= result.y;
  return svg(
    "text",
    { class: "word n", x: x + r * 0.8 + 4, y: above ? y - r * 0.75 : y + r * 0.75 + 8, "font-size": 11 * size, "data-node": index },
    ...symbolSpans(target.name),
    ` = ${brief(target.value, 3)}`,
  );
}

/** The bias comes in from above. */
function biasWords(place, { nodes, known, size }) {
  const { x, y, r, bias } = place;
  const node = nodes[bias];
  const gradient = known.backward.has(bias) && !node.held ? node.adjoint : null;
  const text = svg(
    "text",
    { class: "word on-edge", x, y: y - r - 14, "font-size": 11 * size, "text-anchor": "middle", "data-node": bias },
    ...symbolSpans(node.name),
    svg("tspan", { class: "n", dx: 3 }, brief(node.value, 3)),
  );
  if (gradient !== null) text.append(svg("tspan", { class: `g ${signClass(gradient)}`, dx: 5 }, signed(gradient)));
  return [
    svg("path", {
      class: `edge ${gradient === null ? "" : signClass(gradient)}`,
      d: `M${x} ${y - r - 11}V${y - r - 2}`,
      "stroke-width": 1,
    }),
    text,
  ];
}

function operationWords(place, node, there, scene) {
  const { nodes, known, size, places } = scene;
  const { x, y, r } = place;
  const sign = operationSign(nodes, place.node, (v) => brief(v, 3));
  const inside = sign
    ? [sign.text, ...(sign.power ? [svg("tspan", { dy: -5, "font-size": "75%" }, sign.power)] : [])]
    : symbolSpans(node.name);
  const words = [word(x, y + 4.5, Math.min(14, r * 0.62 + (sign?.text.length > 4 ? -1 : 2)) * size, inside, { class: "in" })];
  const leaves = (way) => places.edges.some(({ from, to }) => from.node === place.node && way * (to.x - x) > r);
  const way = leaves(1) && !leaves(-1) ? -1 : 1; // beside the node, where no edge runs
  const side = { x: x + way * (r + 7), "text-anchor": way < 0 ? "end" : "start" };
  if (there)
    words.push(
      svg(
        "text",
        { class: "word", y: y - 2, "font-size": 11.5 * size, ...side },
        ...(sign ? [...symbolSpans(node.name), svg("tspan", { class: "n", dx: 2 }, "=")] : []),
        svg("tspan", { class: "bold", dx: sign ? 3 : 0 }, brief(node.value, 4)),
      ),
    );
  if (known.backward.has(place.node))
    words.push(
      svg(
        "text",
        { class: `word g ${signClass(node.adjoint)}`, y: y + 13, "font-size": 11.5 * size, ...side },
        signed(node.adjoint, 4),
      ),
    );
  return words;
}
