/**
 * A picture of what the stage shows: its words, its charts, its plots and the canvases over them, laid out as on the page.
 * As SVG every chart stays sharp; surfaces and canvases are pictures inside it.
 */
import { svg } from "./element.js";

const FONTS = '"Inter", "PingFang SC", "Noto Sans CJK SC", sans-serif';
const STYLES = ["fill", "fill-opacity", "stroke", "stroke-width", "stroke-opacity", "stroke-dasharray", "stroke-linecap", "opacity",
  "font-family", "font-size", "font-weight", "font-style", "text-anchor", "paint-order", "letter-spacing"];

/** A Blob of the visible content of `stage`, "png" at twice the size or "svg". */
export async function pictureOf(stage, format) {
  const box = stage.getBoundingClientRect();
  const paper = getComputedStyle(document.body).backgroundColor;
  const [width, height] = [Math.ceil(box.width), Math.ceil(stage.scrollHeight)];
  const root = svg("svg", { xmlns: "http://www.w3.org/2000/svg", width, height, viewBox: `0 0 ${width} ${height}`, "font-family": FONTS });
  root.append(svg("style", {}, await fontFaces()), svg("rect", { width, height, fill: paper }));
  for (const node of drawn(stage)) root.append(...(await copy(node, box)));
  for (const node of words(stage)) root.append(node(box));
  const text = new XMLSerializer().serializeToString(root);
  if (format === "svg") return new Blob([text], { type: "image/svg+xml" });
  return raster(text, width, height);
}

/** The page's fonts, inside the picture: a picture may load nothing. */
async function fontFaces() {
  const rules = [...document.styleSheets].flatMap((sheet) => [...sheet.cssRules]).filter((rule) => rule instanceof CSSFontFaceRule);
  const wanted = rules.filter((rule) => !/Mono|Mathematics/.test(rule.style.getPropertyValue("font-family")));
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

async function copy(node, origin) {
  const box = node.getBoundingClientRect();
  const place = { x: box.left - origin.left, y: box.top - origin.top, width: box.width, height: box.height };
  if (node.matches(".plotly-host")) {
    const { loadPlotly } = await import("./plotly.js");
    const plotly = await loadPlotly();
    if (!node._fullLayout) return [];
    const address = await plotly.toImage(node, { format: "svg", width: Math.round(box.width), height: Math.round(box.height) });
    return [svg("image", { ...place, href: await inlined(address) })];
  }
  if (node.matches("canvas")) return node.width ? [svg("image", { ...place, href: node.toDataURL() })] : [];
  return [svg("svg", { ...place, viewBox: `0 0 ${box.width} ${box.height}`, overflow: "visible" }, ...[...node.children].map(styled))];
}

async function inlined(address) {
  if (address.startsWith("data:")) return address;
  return `data:image/svg+xml,${encodeURIComponent(await (await fetch(address)).text())}`;
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

/** The words of the stage: each run of text at its place. */
function words(stage) {
  const walker = document.createTreeWalker(stage, NodeFilter.SHOW_TEXT);
  const found = [];
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const parent = node.parentElement;
    if (!node.textContent.trim() || parent.closest("svg, .vh, button, input, select, label, .plotly-host, [hidden]") || !parent.checkVisibility()) continue;
    found.push(...lines(node).map(({ text, box }) => (origin) => {
      const style = getComputedStyle(parent);
      return svg("text", {
        x: box.left - origin.left, y: box.top - origin.top + box.height * 0.77, fill: style.color, "font-family": style.fontFamily,
        "font-size": style.fontSize, "font-weight": style.fontWeight, "font-style": style.fontStyle,
      }, text);
    }));
  }
  return found;
}

/** The lines that a text is broken into. */
function lines(node) {
  const range = document.createRange();
  const found = [];
  for (const [index, character] of [...node.textContent].entries()) {
    range.setStart(node, index);
    range.setEnd(node, Math.min(index + 1, node.length));
    const box = range.getBoundingClientRect();
    const last = found.at(-1);
    if (last && Math.abs(last.box.top - box.top) < 3) last.text += character;
    else if (box.width && character.trim()) found.push({ text: character, box });
  }
  return found;
}

async function raster(text, width, height) {
  const image = new Image();
  const address = URL.createObjectURL(new Blob([text], { type: "image/svg+xml" }));
  image.src = address;
  await image.decode();
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [width * 2, height * 2];
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  URL.revokeObjectURL(address);
  return new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
}
