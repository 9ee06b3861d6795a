/**
 * A picture of what the stage shows: its words, its charts, its plots and the paths over them, laid out as on the page, with
 * the address that shows it below. All of it is vectors, but for the surface in space, which the graphics card draws.
 */
import { svg } from "./element.js";
import { vectorsOf } from "./trail.js";

const FONTS = '"Inter", "PingFang SC", "Noto Sans CJK SC", sans-serif';
const STYLES = ["fill", "fill-opacity", "stroke", "stroke-width", "stroke-opacity", "stroke-dasharray", "stroke-linecap", "opacity",
  "font-family", "font-size", "font-weight", "font-style", "text-anchor", "paint-order", "letter-spacing"];

const FOOT = 30; // pixels for the address

/**
 * A Blob of the visible content of `stage`, "png" at twice the size or "svg", with `address` under it. `title` and
 * `description` are what a reader hears.
 */
export async function pictureOf(stage, format, { address = "", title = "", description = "" } = {}) {
  const box = stage.getBoundingClientRect();
  const [paper, ink] = ["backgroundColor", "color"].map((name) => getComputedStyle(document.body)[name]);
  const [width, tall] = [Math.ceil(box.width), Math.ceil(stage.scrollHeight)];
  const height = tall + (address ? FOOT : 0);
  const root = svg("svg", {
    xmlns: "http://www.w3.org/2000/svg",
    width,
    height,
    viewBox: `0 0 ${width} ${height}`,
    "font-family": FONTS,
    role: "img",
  });
  root.append(
    svg("title", {}, title),
    svg("desc", {}, description),
    svg("style", {}, await fontFaces()),
    svg("rect", { width, height, fill: paper }),
  );
  const trails = new Map();
  for (const node of drawn(stage)) root.append(...(await copy(node, box, trails)));
  for (const node of words(stage)) root.append(node(box));
  if (address) root.append(foot(address, { width, y: tall + FOOT / 2, ink }));
  const text = new XMLSerializer().serializeToString(root);
  if (format === "svg") return new Blob([text], { type: "image/svg+xml" });
  return raster(text, width, height);
}

/** The address, as text that can be pressed; cut where it is too long to be read. */
function foot(address, { width, y, ink }) {
  const most = Math.floor((width - 64) / 6.2);
  const shown = address.length > most ? `${address.slice(0, most - 1)}…` : address;
  return svg(
    "a",
    { href: address },
    svg("text", { x: 32, y, "font-size": 11, fill: ink, "fill-opacity": 0.7, "data-address": address }, shown),
  );
}

/** The page's fonts, inside the picture: a picture may load nothing. */
async function fontFaces() {
  const rules = [...document.styleSheets].flatMap((sheet) => [...sheet.cssRules]).filter((rule) => rule instanceof CSSFontFaceRule);
  const wanted = rules.filter((rule) => !/Mono/.test(rule.style.getPropertyValue("font-family")));
  return (await Promise.all(wanted.map(async (rule) => {
    const [, file] = /url\("?([^")]+)"?\)/.exec(rule.style.getPropertyValue("src"));
    const bytes = new Uint8Array(await (await fetch(new URL(file, rule.parentStyleSheet.href))).arrayBuffer());
    const data = btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
    return rule.cssText.replace(/url\([^)]*\)/, `url(data:font/woff2;base64,${data})`);
  }))).join("\n");
}

const visible = (node) => node.checkVisibility() && node.getBoundingClientRect().width > 1;

function drawn(stage) {
  return [...stage.querySelectorAll("svg.chart, .plotly-host, canvas.trail, svg.over")].filter(visible);
}

async function copy(node, origin, trails) {
  const box = node.getBoundingClientRect();
  const place = { x: box.left - origin.left, y: box.top - origin.top, width: box.width, height: box.height };
  if (node.matches(".plotly-host")) return plotted(node, place);
  if (node.trail?.redraw) return [layer(node, place, trails)];
  if (node.matches("canvas")) return node.width ? [svg("image", { ...place, href: node.toDataURL() })] : [];
  return [svg("svg", { ...place, viewBox: `0 0 ${box.width} ${box.height}`, overflow: "visible" }, ...[...node.children].map(styled))];
}

/** What Plotly drew: its own SVG, put inside this one. */
async function plotted(node, place) {
  const { loadPlotly } = await import("./plotly.js");
  const plotly = await loadPlotly();
  if (!node._fullLayout) return [];
  const address = await plotly.toImage(node, { format: "svg", width: Math.round(place.width), height: Math.round(place.height) });
  const text = address.startsWith("data:")
    ? decodeURIComponent(address.slice(address.indexOf(",") + 1))
    : await (await fetch(address)).text();
  const figure = document.importNode(new DOMParser().parseFromString(text, "image/svg+xml").documentElement, true);
  for (const [name, value] of Object.entries(place)) figure.setAttribute(name, value);
  figure.setAttribute("class", `plot-${node.parentElement.id}`);
  return [figure];
}

/** One layer of a trail as vectors; its trail is drawn once for all of them. */
function layer(canvas, place, trails) {
  const { trail } = canvas;
  if (!trails.has(trail)) trails.set(trail, vectorsOf(trail));
  const index = trail.layers.findIndex((context) => context.canvas === canvas);
  const { shapes, pad } = trails.get(trail)[index];
  const drawing = shapes.map(([name, attributes, text]) => svg(name, attributes, ...(text === null ? [] : [text])));
  return svg(
    "svg",
    { ...place, class: canvas.className, "data-trail": canvas.dataset.trail, viewBox: `${-pad} ${-pad} ${place.width} ${place.height}` },
    ...drawing,
  );
}

/** A copy of an SVG element with the styles that the page's sheets gave it. */
function styled(node) {
  const twin = node.cloneNode(false);
  const style = getComputedStyle(node);
  twin.removeAttribute("class");
  for (const name of STYLES) {
    const value = style.getPropertyValue(name);
    if (value) twin.setAttribute(name, value);
  }
  twin.append(...[...node.childNodes].map((child) => (child.nodeType === Node.ELEMENT_NODE ? styled(child) : child.cloneNode())));
  return twin;
}

/** The words of the stage: each run of text at its place, and formulas as what they are. */
function words(stage) {
  const walker = document.createTreeWalker(stage, NodeFilter.SHOW_TEXT);
  const found = [];
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const parent = node.parentElement;
    if (
      !node.textContent.trim() ||
      parent.closest("svg, .vh, button, input, select, label, .plotly-host, [hidden]") ||
      !parent.checkVisibility()
    )
      continue;
    const formula = parent.closest("math");
    const texts = lines(node).map((line) => (origin) => textAt(line, parent, origin));
    if (!formula) found.push(...texts);
    else if (found.at(-1)?.formula === formula) found.at(-1).texts.push(...texts);
    else
      found.push(
        Object.assign((origin) => formulaAt(formula, found.find((entry) => entry.formula === formula).texts, origin), { formula, texts }),
      );
  }
  return found;
}

/** A formula: for what draws only SVG, its letters. */
function formulaAt(formula, texts, origin) {
  const box = formula.getBoundingClientRect();
  const style = getComputedStyle(formula);
  const twin = formula.cloneNode(true);
  twin.setAttribute("xmlns", "http://www.w3.org/1998/Math/MathML");
  twin.setAttribute(
    "style",
    `font-family: ${style.fontFamily.replaceAll('"', "'")}; font-size: ${style.fontSize}; color: ${style.color}; display: block math; width: max-content; margin: 0`,
  );
  const place = { x: box.left - origin.left, y: box.top - origin.top, width: box.width + 8, height: box.height + 4 };
  return svg(
    "switch",
    {},
    Object.assign(svg("foreignObject", { ...place, overflow: "visible" }, twin)),
    svg("g", {}, ...texts.map((text) => text(origin))),
  );
}

function textAt({ text, box }, parent, origin) {
  const style = getComputedStyle(parent);
  return svg(
    "text",
    {
      x: box.left - origin.left,
      y: box.top - origin.top + box.height * 0.77,
      textLength: box.width,
      fill: style.color,
      "font-family": style.fontFamily,
      "font-size": style.fontSize,
      "font-weight": style.fontWeight,
      "font-style": style.fontStyle,
      "letter-spacing": style.letterSpacing,
      style: `font-feature-settings: ${style.fontFeatureSettings.replaceAll('"', "'")}`,
    },
    text,
  );
}

/** The lines that a text is broken into, each with the box around its letters. */
function lines(node) {
  const range = document.createRange();
  const found = [];
  for (const [index, character] of [...node.textContent].entries()) {
    range.setStart(node, index);
    range.setEnd(node, Math.min(index + 1, node.length));
    const { left, top, width, height } = range.getBoundingClientRect();
    const last = found.at(-1);
    if (!width) continue;
    if (last && Math.abs(last.box.top - top) < 3) {
      last.text += character;
      if (character.trim()) Object.assign(last, { kept: last.text.length, box: { ...last.box, width: left + width - last.box.left } });
    } else if (character.trim()) found.push({ text: character, kept: 1, box: { left, top, width, height } });
  }
  return found.map(({ text, kept, box }) => ({ text: text.slice(0, kept), box }));
}

async function raster(text, width, height) {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`; // a blob with formulas would taint the canvas
  await image.decode();
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [width * 2, height * 2];
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
}
