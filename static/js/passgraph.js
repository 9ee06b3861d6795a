/**
 * Where the nodes of a pass stand in the plane: a network layer by layer, from left to right or, where it is narrow, from
 * top to bottom; a formula from its variables up. Places are in pixels; it knows no document.
 */
import { levels } from "./moments.js";

const NARROW = 104; // pixels from layer to layer: with less there is no room for words between them
const CROWDED = 72; // with less not even for numbers side by side

/**
 * {nodes: [{node, x, y, r, sum, bias}], edges: [{from, to, parameter, local}], upright} of a network in a box. `node` is the
 * output (or input, or result), `sum` its z, `parameter` the weight of an edge; all are indices into the pass's nodes.
 */
export function networkPlaces(pass, { width, height }) {
  const { nodes } = pass;
  const find = (role, layer) =>
    nodes.flatMap((node, index) => (node.role === role && node.layer === layer ? [index] : []));
  const last = nodes.at(-1).layer;
  const layers = Array.from({ length: last + 1 }, (_, layer) =>
    layer === 0 ? find("input", 0) : layer === last ? [nodes.length - 1] : find("output", layer),
  );
  const upright = width < 460 && height > width;
  const most = Math.max(...layers.map((layer) => layer.length));
  const [along, across] = upright ? [height, width] : [width, height];
  const gap = Math.min(across / most, upright ? 150 : 172);
  const r = Math.max(13, Math.min(upright ? 25 : 30, gap * (upright ? 0.3 : 0.21), along / (layers.length * 3.2)));
  const margin = upright ? r + 24 : r + 14;
  const placed = layers.flatMap((layer, depth) => layer.map((node, unit) => {
    const forth = margin + ((along - 2 * margin) * depth) / last;
    const sideways = across / 2 + (unit - (layer.length - 1) / 2) * gap;
    const own = (role) =>
      depth > 0 && depth < last
        ? nodes.findIndex((each) => each.role === role && each.layer === depth && each.unit === unit + 1)
        : -1;
    const bias =
      depth > 0 && depth < last
        ? nodes.findIndex(
            (each) =>
              each.role === "parameter" && each.name.startsWith("b") && each.layer === depth && each.unit === unit + 1,
          )
        : -1;
    return { node, depth, x: upright ? sideways : forth, y: upright ? forth : sideways, r, sum: own("sum"), bias };
  }));
  return {
    nodes: placed,
    edges: networkEdges(nodes, placed, last),
    upright,
    gap,
    narrow: !upright && (along - 2 * margin) / last < NARROW,
    crowded: !upright && (along - 2 * margin) / last < CROWDED,
  };
}

function networkEdges(nodes, placed, last) {
  const at = new Map(placed.map((place) => [place.node, place]));
  return placed.filter(({ depth }) => depth > 0).flatMap((to) => {
    if (to.depth === last)
      return nodes[to.node].arguments.map(({ node, local }) => ({
        from: at.get(node),
        to,
        parameter: -1,
        local,
        through: node,
      }));
    const edges = nodes[to.sum].arguments;
    return edges.flatMap((edge, place) => {
      const from = at.get(edge.node);
      return from ? [{ from, to, parameter: edges[place - 1].node, local: edge.local, through: edge.node }] : [];
    });
  });
}

/** The same for a formula: variables at the bottom, the result at the top; constants stand inside their operations. */
export function formulaPlaces(pass, { width, height }) {
  const { nodes } = pass;
  const level = levels(nodes);
  const shown = nodes.flatMap((node, index) => (node.role === "number" && !lonely(nodes, index) ? [] : [index]));
  const links = shown.flatMap((to) =>
    nodes[to].arguments
      .map(({ node, local }) => ({ from: node, to, local }))
      .filter(({ from }) => shown.includes(from)),
  );
  const { rows, below, above, ways } = layered(shown, links, level);
  order(rows, below, above);
  const most = Math.max(...rows.map((row) => row.length));
  const r = Math.max(13, Math.min(25, height / (rows.length * 3.1), width / (most * 3.6)));
  const step = (height - 2 * r - 20) / Math.max(1, rows.length - 1);
  const at = new Map(
    rows.flatMap((row, depth) =>
      row.map((node, place) => [
        node,
        {
          node,
          depth,
          x: (width * (place + 0.5)) / row.length - 24,
          y: height - r - 10 - depth * step,
          r,
          sum: -1,
          bias: -1,
        },
      ]),
    ),
  );
  const twins = (link) => links.filter(({ from, to }) => from === link.from && to === link.to);
  const edges = links.map((link, index) => ({
    from: at.get(link.from), to: at.get(link.to), parameter: -1, local: link.local, through: link.from,
    via: ways[index].map((stop) => at.get(stop)), bend: twins(link).length > 1 ? (twins(link)[0] === link ? -1 : 1) : 0,
  }));
  return { nodes: shown.map((node) => at.get(node)), edges, upright: true, gap: width / most };
}

/** Rows of nodes, and stops where an edge passes a row, so that it passes between the nodes; what each is joined to. */
function layered(shown, links, level) {
  const rows = [];
  const [below, above] = [new Map(), new Map()];
  const join = (a, b) => {
    above.set(a, [...(above.get(a) ?? []), b]);
    below.set(b, [...(below.get(b) ?? []), a]);
  };
  for (const node of shown) (rows[level[node]] ??= []).push(node);
  const used = rows.flatMap((row, depth) => (row ? [depth] : []));
  const ways = links.map(({ from, to }, index) => {
    const stops = used.filter((depth) => depth > level[from] && depth < level[to]).map((depth) => {
      const stop = `${index}/${depth}`;
      rows[depth].push(stop);
      return stop;
    });
    [from, ...stops].forEach((stop, place) => join(stop, [...stops, to][place]));
    return stops;
  });
  return { rows: rows.filter(Boolean), below, above, ways };
}

/** A formula that is a number alone shows it. */
const lonely = (nodes, index) => index === nodes.length - 1;

/** Each row in the order in which fewest edges cross: of two beginnings, swept up and down, the best that was met. */
function order(rows, below, above) {
  let best = { crossings: Infinity, rows: [] };
  for (const begin of [rows, rows.map((row) => [...row].reverse())]) {
    const now = begin.map((row) => [...row]);
    for (let sweep = 0; sweep < 8; sweep += 1) {
      const up = sweep % 2 === 0;
      sweepRows(up ? now : [...now].reverse(), now, up ? below : above);
      const crossings = crossed(now, below);
      if (crossings < best.crossings) best = { crossings, rows: now.map((row) => [...row]) };
    }
  }
  rows.forEach((row, index) => row.splice(0, row.length, ...best.rows[index]));
}

const placesIn = (rows) => new Map(rows.flatMap((row) => row.map((node, index) => [node, (index + 0.5) / row.length])));

/** Sort the rows one after the other by the mean place of what each node is joined to. */
function sweepRows(inTurn, rows, joined) {
  for (const row of inTurn) {
    const place = placesIn(rows);
    const wish = (node) => {
      const places = (joined.get(node) ?? []).map((other) => place.get(other));
      return places.length ? places.reduce((sum, v) => sum + v, 0) / places.length : place.get(node);
    };
    const wishes = new Map(row.map((node) => [node, wish(node)]));
    row.sort((a, b) => wishes.get(a) - wishes.get(b));
  }
}

/** How many pairs of edges between neighbouring rows cross. */
function crossed(rows, below) {
  const place = placesIn(rows);
  return rows.reduce((sum, row) => {
    const ends = row.flatMap((node) => (below.get(node) ?? []).map((other) => [place.get(node), place.get(other)]));
    return (
      sum +
      ends.reduce(
        (count, [a, c], index) => count + ends.slice(index + 1).filter(([b, d]) => (a - b) * (c - d) < 0).length,
        0,
      )
    );
  }, 0);
}

const SIGNS = { add: "+", sub: "−", mul: "×", div: "÷", neg: "−", exp: "exp", log: "ln", pow: "^" };

/** What a formula's node does, with its constant in place: "× 100", "( )²", "1 −", "sin". `write` writes a number. */
export function operationSign(nodes, index, write) {
  const node = nodes[index];
  if (!node.arguments.length) return null;
  const sign = SIGNS[node.operation] ?? node.operation;
  const [first, second] = node.arguments.map((edge) => nodes[edge.node]);
  const constant = (each) => each?.role === "number";
  if (node.operation === "pow")
    return { text: constant(second) ? "( )" : "^", power: constant(second) ? write(second.value) : "" };
  if (node.arguments.length === 2 && constant(second)) return { text: `${sign} ${write(second.value)}`, power: "" };
  if (node.arguments.length === 2 && constant(first))
    return { text: node.operation === "mul" ? `× ${write(first.value)}` : `${write(first.value)} ${sign}`, power: "" };
  return { text: sign, power: "" };
}
