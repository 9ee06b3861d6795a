/** The code that makes what the page shows, in other people's hands: curl, Python, and a frame on a page. */

/** A value as Python writes it. */
export function python(value, indent = 0) {
  const pad = "    ".repeat(indent + 1);
  const end = "    ".repeat(indent);
  if (value === null || value === undefined) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (Array.isArray(value)) {
    if (value.every((item) => typeof item !== "object")) return `[${value.map((item) => python(item)).join(", ")}]`;
    return `[\n${value.map((item) => `${pad}${python(item, indent + 1)},\n`).join("")}${end}]`;
  }
  if (typeof value === "object") {
    const items = Object.entries(value);
    const short = `{${items.map(([key, item]) => `${JSON.stringify(key)}: ${python(item)}`).join(", ")}}`;
    if (short.length < 88 && !short.includes("\n")) return short;
    return `{\n${items.map(([key, item]) => `${pad}${JSON.stringify(key)}: ${python(item, indent + 1)},\n`).join("")}${end}}`;
  }
  return JSON.stringify(value);
}

/** A text inside single quotes of a shell. */
function quoted(text) {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** One curl line: a GET when the spec has a link, else a POST. */
export function curl(origin, link, spec) {
  const calls = `${origin}/api/v1/trajectories`;
  if (link) return `curl ${quoted(`${calls}${new URL(link, origin).search}`)}`;
  return `curl ${quoted(calls)} -H 'Content-Type: application/json' -d ${quoted(JSON.stringify(spec))}`;
}

/** A Python program, standard library only, that makes the same trajectory. */
export function pythonProgram(origin, spec) {
  return `import json
from urllib.request import Request, urlopen

spec = ${python(spec)}

request = Request("${origin}/api/v1/trajectories", json.dumps(spec).encode(), {"Content-Type": "application/json"})
for run in json.load(urlopen(request))["runs"]:
    loss = run["columns"]["loss"]
    print(run.get("optimizer") or "own rule", run["status"]["state"], "loss", loss[0], "->", loss[-1])
`;
}

/** A frame for a page of one's own that shows one figure of the link, with its transport. */
export function frame(origin, link, title) {
  const escaped = (text) => text.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;");
  const address = `${origin}/embed${new URL(link, origin).search}`;
  return `<iframe src="${escaped(address)}" title="${escaped(title)}" width="640" height="420" loading="lazy" style="border: 0; max-width: 100%"></iframe>`;
}
