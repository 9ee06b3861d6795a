import { advance, close, createConnection, decodeFrame, open } from "../../static/js/connection.js";
import { equal, holds, test } from "./check.js";

const SPEC = { problem: { kind: "surface", name: "bowl" }, steps: 10, runs: [{ optimizer: "sgd" }] };
const COLUMNS = ["step", "x", "y", "loss"];

/** A clock that moves when told, sockets that remember, and a server over REST. */
function world({ rest = null } = {}) {
  const sockets = [];
  const heard = [];
  const timers = [];
  const time = { now: 0 };
  const asked = [];
  const have = { row: 0 };
  const timer = {
    set: (run, wait) => timers.push({ run, at: time.now + wait, live: true }) - 1,
    clear: (id) => timers[id] && (timers[id].live = false), now: () => time.now,
  };
  const move = (ms) => {
    const end = time.now + ms;
    for (;;) {
      const due = timers.filter((entry) => entry.live && entry.at <= end).sort((a, b) => a.at - b.at)[0];
      if (!due) break;
      due.live = false;
      time.now = due.at;
      due.run();
    }
    time.now = end;
  };
  const socket = (address) => {
    const made = { address, sent: [], send: (text) => made.sent.push(JSON.parse(text)), close: () => made.onclose?.() };
    sockets.push(made);
    return made;
  };
  const listener = (name) => (value) => heard.push([name, value]);
  const link = createConnection({
    streamAddress: "ws://there/stream", restAddress: "/rest", socket, timer, request: async (address, options) => {
      asked.push(address);
      return rest(address, JSON.parse(options.body));
    },
    listeners: {
      opened: listener("opened"), steps: listener("steps"), regions: listener("regions"), ended: listener("ended"), error: listener("error"), state: listener("state"), have: () => have.row,
    },
  });
  return { link, sockets, heard, move, time, asked, have, last: () => sockets.at(-1) };
}

const say = (ws, message) => ws.onmessage({ data: JSON.stringify(message) });
const opened = (id) => ({ type: "opened", id, spec: SPEC, link: "/?", runs: [{ columns: COLUMNS }] });
const names = (heard) => heard.filter(([name]) => name !== "state").map(([name]) => name);

test("it opens, grants, and hands rows on", () => {
  const { link, last, heard } = world();
  open(link, SPEC, 0, 10);
  last().onopen();
  equal(last().sent.map((message) => [message.type, message.from ?? message.until]), [["open", 0], ["advance", 10]]);
  say(last(), opened("1"));
  say(last(), { type: "steps", run: 0, from: 0, count: 1, columns: { step: [0] } });
  say(last(), { type: "ended", run: 0, status: { state: "finished" } });
  equal(names(heard), ["opened", "steps", "ended"]);
});

test("rows are asked for in binary, and come as numbers whose names were told in opened", () => {
  const { link, last, heard } = world();
  open(link, SPEC, 0, 10);
  last().onopen();
  equal([last().binaryType, last().sent[0].encoding], ["arraybuffer", "binary"]);
  say(last(), opened("1"));
  last().onmessage({ data: frame({ type: "steps", run: 0, from: 0, count: 1 }, Float64Array.of(0, 1.5, -2, 0.25)) });
  const [name, message] = heard.at(-1);
  equal([name, message.run, message.from, message.columns], ["steps", 0, 0, [[0], [1.5], [-2], [0.25]]]);
});

test("what arrives before its opened belongs to the old run", () => {
  const { link, last, heard, move } = world();
  open(link, SPEC, 0, 10);
  last().onopen();
  say(last(), opened("1"));
  open(link, { ...SPEC, steps: 20 }, 0, 20);
  say(last(), { type: "steps", run: 0, from: 0, count: 1, columns: {} });
  move(500);
  say(last(), opened("1"));
  equal(names(heard), ["opened"]);
  say(last(), opened("2"));
  say(last(), { type: "steps", run: 0, from: 0, count: 1, columns: {} });
  equal(names(heard), ["opened", "opened", "steps"]);
});

test("rows of what was opened before are not read by the columns of another", () => {
  const { link, last, heard } = world();
  open(link, SPEC, 0, 10);
  last().onopen();
  say(last(), opened("1"));
  open(link, { ...SPEC, steps: 20 }, 0, 20);
  last().onmessage({ data: frame({ type: "steps", run: 0, from: 0, count: 1 }, Float64Array.of(0, 1.5)) }); // two columns, not four
  equal(names(heard), ["opened"]);
});

test("a drag sends at most ten messages a second, and the last one wins", () => {
  const { link, last, move } = world();
  open(link, SPEC, 0, 10);
  last().onopen();
  move(1000);
  const before = last().sent.length;
  for (let i = 1; i <= 60; i += 1) {
    open(link, { ...SPEC, start: [i, 0] }, 0, 10);
    move(1000 / 60);
  }
  move(1000);
  const sent = last().sent.slice(before);
  holds(sent.length <= 14, `${sent.length} messages`);
  equal(sent.filter((message) => message.type === "open").at(-1).spec.start, [60, 0]);
});

test("grants that wait become one", () => {
  const { link, last, move } = world();
  open(link, SPEC, 0, 10);
  last().onopen();
  move(1000);
  for (const until of [20, 30, 40]) advance(link, until);
  move(1000);
  equal(last().sent.filter((message) => message.type === "advance").map((message) => message.until), [10, 20, 40]);
});

test("a dropped connection is opened again with growing pauses, from the row that is missing", () => {
  const { link, sockets, last, move, have, heard } = world();
  open(link, SPEC, 0, 10);
  last().onopen();
  say(last(), opened("1"));
  have.row = 7;
  last().onclose();
  equal(sockets.length, 1);
  move(250);
  equal(sockets.length, 2);
  last().onclose();
  move(400);
  equal(sockets.length, 2);
  move(200);
  equal(sockets.length, 3);
  last().onopen();
  equal([last().sent[0].from, last().sent[1].until], [7, 10]);
  equal(heard.filter(([name]) => name === "state").map(([, state]) => state).slice(-3), ["waiting", "connecting", "open"]);
});

test("an error keeps the connection, and names the message", () => {
  const { link, last, heard } = world();
  open(link, SPEC, 0, 10);
  last().onopen();
  say(last(), { type: "error", id: "1", problem: { detail: "no" } });
  equal(heard.at(-1), ["error", { detail: "no" }]);
  equal(link.state, "open");
});

test("a refused stream becomes slices over REST", async () => {
  const rows = (from, until) => Array.from({ length: Math.max(0, until - from + 1) }, (_, i) => from + i);
  const server = (address) => {
    const query = new URLSearchParams(address.split("?")[1]);
    const step = rows(Number(query.get("from")), Math.min(10, Number(query.get("until"))));
    const status = step.at(-1) === 10 ? { state: "finished" } : { state: "running" };
    return { ok: true, json: async () => ({ spec: SPEC, link: "/?", runs: [{ status, columns: { step, x: step } }] }) };
  };
  const { link, last, move, heard, have, asked } = world({ rest: server });
  const counting = heard.push.bind(heard);
  heard.push = (entry) => {
    if (entry[0] === "steps") have.row = entry[1].from + entry[1].count;
    if (entry[0] === "ended") have.row = Infinity;
    return counting(entry);
  };
  open(link, SPEC, 0, 4);
  last().onclose();
  move(250);
  last().onclose();
  await settled();
  equal(link.state, "rest");
  equal(names(heard), ["opened", "steps"]);
  advance(link, 10);
  await settled();
  equal(names(heard), ["opened", "steps", "steps", "ended"]);
  holds(asked.every((address) => address.startsWith("/rest?from=")));
});

const settled = async () => {
  for (let i = 0; i < 20; i += 1) await Promise.resolve();
};

test("a grant while the first slice is on the way is not lost", async () => {
  let answer;
  const waiting = new Promise((resolve) => (answer = resolve));
  const rows = (from, until) => Array.from({ length: Math.max(0, until - from + 1) }, (_, i) => from + i);
  const server = async (address) => {
    await waiting;
    const query = new URLSearchParams(address.split("?")[1]);
    const step = rows(Number(query.get("from")), Number(query.get("until")));
    return { ok: true, json: async () => ({ spec: SPEC, link: "/?", runs: [{ status: { state: "running" }, columns: { step, x: step } }] }) };
  };
  const { link, last, move, heard, have } = world({ rest: server });
  link.listeners.steps = (message) => {
    have.row = message.from + message.count;
    heard.push(["steps", message]);
  };
  open(link, SPEC, 0, 4);
  last().onclose();
  move(250);
  last().onclose();
  advance(link, 9);
  answer();
  await settled();
  await settled();
  equal([names(heard), have.row], [["opened", "steps", "steps"], 10]);
});

test("a resumed stream says from which row it goes on", () => {
  const { link, last, move, have, heard } = world();
  open(link, SPEC, 0, 10);
  last().onopen();
  say(last(), opened("1"));
  have.row = 7;
  last().onclose();
  move(250);
  last().onopen();
  say(last(), opened("2"));
  equal(heard.at(-1)[1].from, 7);
});

test("hanging up is final", () => {
  const { link, sockets, last, move } = world();
  open(link, SPEC, 0, 10);
  last().onopen();
  close(link);
  move(60000);
  equal([sockets.length, link.state], [1, "idle"]);
});

/** A binary frame: a header, and behind it an array that starts at a multiple of 8. */
function frame(head, values) {
  const header = new TextEncoder().encode(JSON.stringify(head));
  const start = Math.ceil((4 + header.length) / 8) * 8;
  const buffer = new ArrayBuffer(start + values.byteLength);
  new DataView(buffer).setUint32(0, header.length, true);
  new Uint8Array(buffer).set(header, 4);
  new Uint8Array(buffer).set(new Uint8Array(values.buffer), start);
  return buffer;
}

test("a binary frame carries float64 columns behind its header", () => {
  const buffer = frame({ type: "steps", run: 0, from: 2, count: 2 }, Float64Array.of(2, 3, 0.5, NaN));
  const decoded = decodeFrame(buffer, [["step", "x"]]);
  equal([decoded.from, decoded.count, decoded.columns], [2, 2, [[2, 3], [0.5, NaN]]]);
});

const REGIONS = frame({ type: "regions", run: 1, step: 8, size: 2, classes: 2 }, Uint8Array.of(255, 0, 128, 1, 0, 255, 127, 254));

test("a frame of regions carries a byte for each class and cell", () => {
  const { run, step, size, probabilities } = decodeFrame(REGIONS, []);
  equal([run, step, size], [1, 8, 2]);
  equal(probabilities.map((plane) => [...plane]), [[255, 0, 128, 1], [0, 255, 127, 254]]);
});

test("regions are asked for with the open, again after a lost connection, and no more by the next", () => {
  const { link, last, heard, move } = world();
  const asked = { size: 2, every: 4 };
  open(link, SPEC, 0, 10, { regions: asked });
  last().onopen();
  last().onmessage({ data: REGIONS });
  say(last(), opened("1"));
  last().onmessage({ data: REGIONS });
  equal(names(heard), ["opened", "regions"]);
  last().onclose();
  move(250);
  last().onopen();
  equal(last().sent[0].regions, asked);
  open(link, SPEC, 0, 10);
  move(500);
  equal("regions" in last().sent.at(-2), false);
});
