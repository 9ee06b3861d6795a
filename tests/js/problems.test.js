import { setMessages } from "/static/js/i18n.js";
import { codes, said, worded } from "/static/js/problems.js";
import { equal, holds, test } from "/tests/js/check.js";

const CHINESE = {
  "must be from {low} to {high}, not {value}.": "必须在 {low} 到 {high} 之间，不能是 {value}。",
  "{field}: {what}": "{field}：{what}", "{what} And {count} more.": "{what}另有 {count} 处问题。", "All processes are sweeping; try again soon.": "都在忙。",
};
const RATE = { field: "runs[0].settings.lr", message: "must be from 0 to 1000, not 2000.", code: "out_of_range", values: { low: 0, high: 1000, value: 2000 } };

function inChinese(body) {
  setMessages(CHINESE);
  try {
    return body();
  } finally {
    setMessages({});
  }
}

test("English pages show the service's own sentences", () => {
  const problem = { detail: "as it came", errors: [RATE] };
  equal(worded(problem), problem);
  equal(said(RATE), RATE.message);
});

test("other languages say it from code and values", () => inChinese(() => {
  const problem = worded({ type: "urn:steepest:invalid", status: 422, detail: "…", errors: [RATE, RATE] });
  equal(problem.errors[0], { ...RATE, message: "必须在 0 到 1000 之间，不能是 2000。" });
  equal(problem.detail, "runs[0].settings.lr：必须在 0 到 1000 之间，不能是 2000。另有 1 处问题。");
}));

test("a problem without fields is known by its type, and what is unknown stays as it is", () => inChinese(() => {
  equal(worded({ type: "urn:steepest:busy", status: 503, detail: "busy" }).detail, "都在忙。");
  equal(worded({ type: "about:blank", status: 418, detail: "a teapot" }).detail, "a teapot");
  equal(said({ code: "never heard of", message: "as it came" }), "as it came");
  equal(worded(undefined), undefined);
}));

test("no sentence needs values that an error may not have", () => inChinese(() => {
  for (const code of codes()) holds(said({ code, values: {} }).length > 3, code);
}));
