/** Calls of /api/v1: JSON in, JSON out; what the service refuses is thrown as `Refusal` with its problem+json, in the reader's words. */

import { worded } from "./problems.js";

const BASE = "/api/v1";

/** A refused call: `problem` is the body of RFC 9457, with `errors` naming fields. */
export class Refusal extends Error {
  constructor(refused) {
    const problem = worded(refused);
    super(problem.detail ?? problem.title ?? "refused");
    this.problem = problem;
  }
}

/** POST a value; `query` is {name: value}, `signal` may abort it. */
export async function post(path, body, { query = {}, signal } = {}) {
  const search = new URLSearchParams(query).toString();
  const response = await fetch(`${BASE}${path}${search ? `?${search}` : ""}`, {
    method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body), signal,
  });
  const answer = await response.json();
  if (!response.ok) throw new Refusal(answer);
  return answer;
}

/** The parts of a field's path: runs[0].settings.lr gives ["runs", 0, "settings", "lr"]. */
export function fieldPath(field) {
  return (field ?? "").split(/[.[\]]+/).filter(Boolean).map((part) => (/^\d+$/.test(part) ? Number(part) : part));
}

/** The errors of a problem whose field begins with the given parts. */
export function errorsAt(problem, ...parts) {
  return (problem?.errors ?? []).filter((error) => {
    const path = fieldPath(error.field);
    return parts.every((part, index) => path[index] === part);
  });
}

/** POST a value and hear each line of an NDJSON answer; aborting the signal hangs up, which cancels the work. */
export async function postLines(path, body, heard, signal) {
  const response = await fetch(`${BASE}${path}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
    signal,
  });
  if (!response.ok) throw new Refusal(await response.json());
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    const lines = (rest + value).split("\n");
    rest = lines.pop();
    for (const line of lines) if (line) heard(JSON.parse(line));
  }
}
