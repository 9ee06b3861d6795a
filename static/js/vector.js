/**
 * A drawing context that keeps what is drawn as SVG shapes, so that what canvas shows can be taken away as vectors. It
 * knows the part of the canvas's own context that the trail layers use, and no document.
 */

const round = (v) => Number(v.toFixed(2));
const ANCHOR = { center: "middle", left: "start", start: "start", right: "end", end: "end" };

/** An outline, as Path2D takes it: `d` is what SVG calls it. */
export class Outline {
  d = "";

  moveTo(x, y) {
    this.d += `M${round(x)} ${round(y)}`;
  }

  lineTo(x, y) {
    this.d += `L${round(x)} ${round(y)}`;
  }

  /** A whole circle: nothing else is drawn with arcs here. */
  arc(x, y, r) {
    this.d += `M${round(x - r)} ${round(y)}a${round(r)} ${round(r)} 0 1 0 ${round(2 * r)} 0a${round(r)} ${round(r)} 0 1 0 ${round(-2 * r)} 0Z`;
  }

  closePath() {
    this.d += "Z";
  }
}

/**
 * A recorder for one canvas: `shapes` are [name, attributes, text], in the order of drawing. `measure(font, text)` gives
 * the width of a text, `picture(image)` the address of a bitmap.
 */
export class Recorder {
  Shape = Outline;
  shapes = [];
  globalAlpha = 1;
  strokeStyle = "#000";
  fillStyle = "#000";
  lineWidth = 1;
  lineJoin = "miter";
  lineCap = "butt";
  lineDashOffset = 0;
  font = "10px sans-serif";
  textAlign = "start";
  textBaseline = "alphabetic";
  #dash = [];
  #outline = new Outline();

  constructor(canvas, { measure, picture }) {
    Object.assign(this, { canvas, measure, picture });
  }

  setTransform() {} // the layer's own offset is where its shapes are put

  clearRect() {
    this.shapes = [];
  }

  setLineDash(dash) {
    this.#dash = [...dash];
  }

  measureText(text) {
    return { width: this.measure(this.font, text) };
  }

  beginPath() {
    this.#outline = new Outline();
  }

  moveTo(x, y) {
    this.#outline.moveTo(x, y);
  }

  lineTo(x, y) {
    this.#outline.lineTo(x, y);
  }

  arc(x, y, r) {
    this.#outline.arc(x, y, r);
  }

  closePath() {
    this.#outline.closePath();
  }

  stroke(outline = this.#outline) {
    this.#put("path", { d: outline.d, fill: "none", ...this.#pen() });
  }

  fill(outline = this.#outline) {
    this.#put("path", { d: outline.d, fill: this.fillStyle });
  }

  strokeText(text, x, y) {
    this.#put("text", { ...this.#type(x, y), fill: "none", ...this.#pen() }, text);
  }

  fillText(text, x, y) {
    this.#put("text", { ...this.#type(x, y), fill: this.fillStyle }, text);
  }

  drawImage(image, x, y, width, height) {
    this.#put("image", { href: this.picture(image), x, y, width, height });
  }

  #put(name, attributes, text = null) {
    if (attributes.d === "") return;
    if (this.globalAlpha < 1) attributes.opacity = round(this.globalAlpha);
    this.shapes.push([name, attributes, text]);
  }

  #pen() {
    const dashed = this.#dash.length > 0;
    return {
      stroke: this.strokeStyle,
      "stroke-width": round(this.lineWidth),
      "stroke-linejoin": this.lineJoin,
      "stroke-linecap": this.lineCap,
      ...(dashed ? { "stroke-dasharray": this.#dash.join(" "), "stroke-dashoffset": round(this.lineDashOffset) } : {}),
    };
  }

  #type(x, y) {
    const middle = this.textBaseline === "middle";
    return {
      x: round(x),
      y: round(y),
      style: `font: ${this.font}`,
      "text-anchor": ANCHOR[this.textAlign] ?? "start",
      ...(middle ? { dy: "0.36em" } : {}),
    };
  }
}
