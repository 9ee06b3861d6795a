/**
 * The way to the engine: one WebSocket, opened again with growing pauses when it drops and resumed from the rows that are
 * already here; when it is refused (a proxy), REST slices of the same spec. It knows no document; socket, fetch and
 * timer can be given, for tests.
 */
import { worded } from "./problems.js";

const PAUSES = [250, 500, 1000, 2000, 4000, 8000];
const MESSAGE_GAP = 110; // under ten messages a second
const REFUSALS = 2; // attempts that never opened before REST is tried
const SLICE = 2000;

/**
 * listeners: opened({spec, link, runs, from}) with the first row that is to come, steps({run, from, count, columns}),
 * regions({run, step, size, classes, probabilities}) where they were asked for, ended({run, status}), error(problem), state("connecting" | "open" | "waiting" | "rest"), have() -> the first row that is still missing.
 */
export function createConnection({
  streamAddress, restAddress, listeners, language = "en",
  socket = (address) => new WebSocket(address),
  request = (address, options) => fetch(address, options),
  timer = { set: (f, ms) => setTimeout(f, ms), clear: (id) => clearTimeout(id), now: () => performance.now() },
}) {
  const link = {
    streamAddress, restAddress, listeners, language, socket, request, timer,
    ws: null, state: "idle", everOpen: false, refused: 0, failures: 0, retry: null,
    spec: null, from: 0, until: -1, id: 0, waitingFor: null, regions: null, columns: [],
    queue: [], sentAt: -Infinity, sender: null, slicing: 0,
  };
  return link;
}

/**
 * Run this spec from row `from`, granting rows up to `until`; replaces what ran. `regions` {size, every} also asks for what
 * each run says of its window; without the stream they do not come.
 */
export function open(link, spec, from, until, { regions = null } = {}) {
  Object.assign(link, { spec, from, until, regions, id: link.id + 1 });
  link.waitingFor = String(link.id);
  link.queue = link.queue.filter((message) => message.type !== "open" && message.type !== "advance");
  if (link.state === "rest") return void openByRest(link);
  if (!link.ws) return connect(link);
  if (link.state === "open") enqueue(link, [openMessage(link), { type: "advance", until }]);
}

/** Grant rows up to `until`. */
export function advance(link, until) {
  link.until = Math.max(link.until, until);
  if (link.state === "rest") {
    if (link.waitingFor === null) slices(link); // else the slices that follow the opening one go as far
    return;
  }
  if (link.state !== "open") return;
  const waiting = link.queue.find((message) => message.type === "advance");
  if (waiting) waiting.until = link.until;
  else enqueue(link, [{ type: "advance", until: link.until }]);
}

/** Hang up for good. */
export function close(link) {
  link.spec = null;
  link.timer.clear(link.retry);
  link.timer.clear(link.sender);
  const ws = link.ws;
  link.ws = null;
  ws?.close();
  become(link, "idle");
}

function openMessage(link) {
  const { spec, from, regions, waitingFor: id } = link;
  return { type: "open", spec, from, encoding: "binary", ...(regions && { regions }), id };
}

function become(link, state) {
  if (link.state === state) return;
  link.state = state;
  link.listeners.state?.(state);
}

function connect(link) {
  become(link, "connecting");
  const ws = link.socket(link.streamAddress);
  ws.binaryType = "arraybuffer";
  link.ws = ws;
  let opened = false;
  ws.onopen = () => {
    opened = true;
    Object.assign(link, { everOpen: true, refused: 0, failures: 0 });
    become(link, "open");
    enqueue(link, [openMessage(link), { type: "advance", until: link.until }]);
  };
  ws.onmessage = (event) => receive(link, event.data);
  ws.onclose = () => {
    if (link.ws !== ws) return;
    link.ws = null;
    lost(link, opened);
  };
}

function lost(link, opened) {
  link.queue = [];
  if (!opened) link.refused += 1;
  if (!opened && !link.everOpen && link.refused >= REFUSALS) return void openByRest(link);
  waitAndRetry(link, () => {
    resume(link);
    connect(link);
  });
}

/** Ask again only for what is missing. */
function resume(link) {
  if (link.waitingFor === null) link.from = link.listeners.have();
  link.id += 1;
  link.waitingFor = String(link.id);
}

function waitAndRetry(link, again) {
  become(link, "waiting");
  const pause = PAUSES[Math.min(link.failures, PAUSES.length - 1)];
  link.failures += 1;
  link.retry = link.timer.set(() => link.spec && again(), pause);
}

/** Messages leave at most ten a second, so a drag never floods; only the newest open of a burst is sent. */
function enqueue(link, messages) {
  link.queue.push(...messages);
  if (link.sender !== null) return;
  const wait = Math.max(0, link.sentAt + MESSAGE_GAP - link.timer.now());
  if (wait <= 0) flush(link);
  else {
    link.sender = link.timer.set(() => {
      link.sender = null;
      flush(link);
    }, wait);
  }
}

function flush(link) {
  if (!link.ws || link.state !== "open") return;
  // An open and the first advance behind it count as two: the next burst waits for both.
  if (link.queue.length) link.sentAt = link.timer.now() + MESSAGE_GAP * (link.queue.length - 1);
  for (const message of link.queue) link.ws.send(JSON.stringify(message));
  link.queue = [];
}

function receive(link, data) {
  const text = typeof data === "string";
  if (!text && link.waitingFor !== null) return; // rows of what was opened before, whose columns may be others
  const message = text ? JSON.parse(data) : decodeFrame(data, link.columns);
  if (message.type === "opened") {
    if (message.id !== undefined && message.id !== null && message.id !== link.waitingFor) return;
    link.waitingFor = null;
    link.columns = message.runs.map((run) => run.columns);
    link.listeners.opened({ ...message, from: link.from });
  } else if (message.type === "error") {
    if (message.id === link.waitingFor) link.waitingFor = null;
    link.listeners.error(worded(message.problem), message.id ?? null);
  } else if (link.waitingFor === null) {
    if (message.type === "steps") link.listeners.steps(message);
    if (message.type === "regions") link.listeners.regions?.(message);
    if (message.type === "ended") link.listeners.ended(message);
  }
}

/**
 * A binary frame: uint32 length of the JSON header, the header, zeros up to a multiple of 8, then float64 columns, or for
 * regions a byte of probability (0 to 255) for each class and cell, rows along y, low y first.
 */
export function decodeFrame(buffer, columnsOfRuns) {
  const length = new DataView(buffer).getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, length)));
  const start = Math.ceil((4 + length) / 8) * 8;
  const parts = (count, make) => Array.from({ length: count }, (_, index) => make(index));
  if (header.type === "steps") {
    const names = columnsOfRuns[header.run] ?? [];
    return {
      ...header,
      columns: parts(names.length, (i) => new Float64Array(buffer, start + i * header.count * 8, header.count)),
    };
  }
  if (header.type === "regions") {
    const cells = header.size ** 2;
    return { ...header, probabilities: parts(header.classes, (i) => new Uint8Array(buffer, start + i * cells, cells)) };
  }
  return header;
}

/* ---- REST slices, when the stream is refused ---- */

async function openByRest(link) {
  become(link, "rest");
  const mine = (link.slicing += 1);
  const answer = await slice(link, link.from, Math.min(link.until, link.from + SLICE), mine);
  if (!answer) return;
  link.waitingFor = null;
  link.listeners.opened({
    type: "opened", spec: answer.spec, link: answer.link, from: link.from,
    runs: answer.runs.map((run) => ({ columns: Object.keys(run.columns) })),
  });
  deliver(link, answer);
  await slices(link);
}

/** Fetch what was granted and is missing, one slice after the other. */
async function slices(link) {
  const mine = (link.slicing += 1);
  for (;;) {
    const from = link.listeners.have();
    if (link.waitingFor !== null || from > link.until) return;
    const answer = await slice(link, from, Math.min(link.until, from + SLICE), mine);
    if (!answer || !deliver(link, answer)) return;
  }
}

async function slice(link, from, until, mine) {
  const address = `${link.restAddress}?from=${from}&until=${until}&lang=${link.language}`;
  try {
    const response = await link.request(address, {
      method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(link.spec),
    });
    const answer = await response.json();
    if (mine !== link.slicing) return null;
    if (response.ok) return answer;
    link.waitingFor = null;
    link.listeners.error(worded(answer), null);
  } catch {
    if (mine === link.slicing) retryStream(link);
  }
  return null;
}

/** Neither way works: the server is away. Try the stream again, with pauses. */
function retryStream(link) {
  waitAndRetry(link, () => {
    link.refused = 0;
    resume(link);
    connect(link);
  });
}

/** Hand a slice's rows on; true while a run still goes on. */
function deliver(link, answer) {
  let more = false;
  answer.runs.forEach((run, index) => {
    const names = Object.keys(run.columns);
    const steps = run.columns.step ?? run.columns[names[0]] ?? [];
    if (steps.length) {
      const from = run.columns.step ? run.columns.step[0] : link.from;
      link.listeners.steps({ type: "steps", run: index, from, count: steps.length, columns: run.columns });
    }
    if (run.status.state === "running") more = more || steps.length > 0;
    else link.listeners.ended({ type: "ended", run: index, status: run.status });
  });
  return more;
}
