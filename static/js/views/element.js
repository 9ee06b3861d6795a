/** Making elements: `element("button", { class: "add", type: "button" }, "Add")`. Never from text that is markup. */

/** An element with attributes (null and false are left out, true is empty) and children (texts, elements, null). */
export function element(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name === "style" && typeof value === "object") for (const [key, v] of Object.entries(value)) node.style.setProperty(key, v);
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return node;
}

const SVG = "http://www.w3.org/2000/svg";

/** An SVG element. */
export function svg(tag, attributes = {}, ...children) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) if (value !== null && value !== undefined) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

/** One of the page's line icons (templates/icons.svg), hidden from readers. */
export function icon(name) {
  return svg("svg", { class: "i", "aria-hidden": "true" }, svg("use", { href: `#i-${name}` }));
}

/** A run's line as a swatch: its colour and dash. */
export function swatch({ colour, dash }) {
  return svg("svg", { class: "sw", viewBox: "0 0 34 14", "aria-hidden": "true" }, svg("line", {
    x1: 1, y1: 7, x2: 33, y2: 7, stroke: colour, "stroke-width": 2.5, "stroke-dasharray": dash.join(" ") || null,
    "stroke-linecap": dash.length && dash[0] < 2.5 ? "round" : "butt",
  }));
}

/** Mathematics from the engine's graph as elements. */
export function mathematics(mathml) {
  const template = document.createElement("template");
  template.innerHTML = mathml;
  return template.content;
}

/** Show an error beside its field, or take it away: the field turns, the sentence is read out. */
export function showProblem(place, field, message) {
  place.hidden = !message;
  place.textContent = message ?? "";
  field?.classList.toggle("bad", Boolean(message));
  field?.querySelector("input, textarea")?.setAttribute("aria-invalid", String(Boolean(message)));
}

/** Before an error's sentence: the text round the column it is about (from 1), with that character marked. */
export function pointAt(place, text, column) {
  if (!(column >= 1)) return;
  const at = Math.min(column - 1, text.length);
  const from = Math.max(at - 14, text.lastIndexOf("\n", at - 1) + 1, 0);
  const end = text.indexOf("\n", at);
  const rest = text.slice(at + 1, end < 0 ? at + 15 : Math.max(at + 1, Math.min(end, at + 15)));
  const marked = (text[at] ?? " ") === "\n" ? " " : text[at] ?? " ";
  place.prepend(element("code", { class: "pointed" }, text.slice(from, at), element("mark", {}, marked), rest), " ");
}

/** Place a popover beside the button that opens it, inside the window. */
export function anchor(button, menu, side = "start") {
  menu.addEventListener("toggle", (event) => {
    const open = event.newState === "open";
    button.setAttribute("aria-expanded", String(open));
    if (!open) return;
    const box = button.getBoundingClientRect();
    const [width, height] = [menu.offsetWidth, menu.offsetHeight];
    const left = side === "end" ? box.right - width : box.left;
    const above = Math.max(8, box.top - height - 6);
    menu.style.left = `${Math.max(8, Math.min(innerWidth - width - 8, left))}px`;
    menu.style.top = `${box.bottom + 6 + height > innerHeight ? above : box.bottom + 6}px`;
  });
}
