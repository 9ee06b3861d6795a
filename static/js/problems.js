/**
 * What the service refuses, in the reader's language. The service says it in English, with a code and values; other
 * languages say it by these. English pages show the service's own sentence, which knows most.
 */
import { isSource, t } from "./i18n.js";

/** The problem+json with its sentences, `detail` and each error's `message`, as the reader reads them. */
export function worded(problem) {
  if (isSource() || !problem) return problem;
  const errors = (problem.errors ?? []).map((error) => ({ ...error, message: said(error) }));
  const detail = errors.length ? headed(errors) : (WHOLE[nameOf(problem)]?.(problem) ?? problem.detail);
  return { ...problem, errors, detail };
}

/** One thing that has a code and values (an error, a status, a limit) as a sentence; one without a translation stays English. */
export function said({ code, values, message }) {
  return (!isSource() && SENTENCES[code]?.(values ?? {})) || message;
}

/** Every code that has a sentence; a test holds them against those that the service raises. */
export const codes = () => Object.keys(SENTENCES);

/** The problems that name no field, by the last part of their type, else by their status. */
export const names = () => Object.keys(WHOLE);

function nameOf({ type, status }) {
  return type?.startsWith("urn:steepest:") ? type.slice("urn:steepest:".length) : String(status);
}

function headed([first, ...more]) {
  const sentence = first.field ? t("{field}: {what}", { field: first.field, what: first.message }) : first.message;
  return more.length ? t("{what} And {count} more.", { what: sentence, count: more.length }) : sentence;
}

/** A list in a sentence; of a long one only the beginning. */
function listed(known, most = 16) {
  return known.length > most ? `${known.slice(0, most).join(", ")}, …` : known.join(", ");
}

function range({ low, high, value }) {
  if (low === undefined && high === undefined) return t("is out of range.");
  if (high === undefined) return t("must be at least {low}.", { low });
  if (low === undefined) return t("must be at most {high}.", { high });
  return value === undefined
    ? t("must be from {low} to {high}.", { low, high })
    : t("must be from {low} to {high}, not {value}.", { low, high, value });
}

const whole = () => t("must be a whole number.");
const truth = () => t("must be true or false.");
const object = () => t("must be an object of names and values.");
const finite = () => t("must be a finite number.");
const empty = () => t("must not be empty.");

const SENTENCES = {
  /* names and shapes */
  unknown: ({ known }) =>
    known?.length ? t("is not known here; there is {known}.", { known: listed(known) }) : t("is not known here."),
  missing: ({ name }) =>
    name ? t("the rule reads {name} and assigns it nowhere: give its value.", { name }) : t("is missing."),
  extra_forbidden: () => t("is not known here; leave it out."),
  one_of: ({ names: several }) =>
    several ? t("give exactly one of {names}.", { names: listed(several) }) : t("give exactly one of these."),
  alone: () => t("stands alone: it is the whole spec."),
  twice: () => t("is given twice; give it once."),
  packed: () => t("is not a packed spec: copy the whole link."),
  union_tag_not_found: () => t("is missing: it says what this is."),
  literal_error: ({ expected = "" }) =>
    t("must be one of these: {known}.", { known: expected.replaceAll(" or ", ", ") }),
  string_type: () => t("must be a text in quotes."),
  string_unicode: () => t("must be readable text."),
  string_too_long: ({ max_length: most }) => t("must be at most {most} characters.", { most }),
  string_too_short: empty,
  too_short: empty,
  list_type: () => t("must be a list."),
  not_a_list: ({ most }) => t("must be a list of at most {most} entries.", { most }),
  dict_type: object,
  model_type: object,
  model_attributes_type: object,
  bool_type: truth,
  bool_parsing: truth,
  not_a_boolean: truth,
  bias: () => t("must be true, false or “fixed”."),
  id: () => t("must be a text or a whole number of at most 64 characters."),
  invalid: () => t("cannot be used."),

  /* numbers */
  float_type: () => t("must be a number, such as 0.1, without quotes."),
  float_parsing: () => t("must be a number, such as 0.1, without quotes."),
  int_type: whole,
  int_from_float: whole,
  int_parsing: whole,
  not_an_integer: whole,
  finite_number: finite,
  not_a_number: ({ low, high }) =>
    low === undefined ? finite() : t("must be a finite number from {low} to {high}.", { low, high }),
  not_finite: () => t("A number is missing or not finite. Correct that point or delete it."),
  out_of_range: range,
  greater_than: ({ gt }) => t("must be greater than {low}.", { low: gt }),
  greater_than_equal: ({ ge }) => range({ low: ge }),
  less_than: ({ lt }) => t("must be less than {high}.", { high: lt }),
  less_than_equal: ({ le }) => range({ high: le }),
  wrong_length: ({ expected }) => t("needs {count} numbers.", { count: expected }),
  length: ({ need }) => t("needs {count} numbers.", { count: need }),
  wrong_shape: () => t("needs as many numbers in every row."),

  /* formulas and rules */
  syntax: ({ example }) => (example ? t("must be like {example}.", { example }) : t("cannot be read here.")),
  empty: () => t("there is nothing here yet."),
  character: ({ character: text, example }) =>
    example
      ? t("“{text}” cannot be read here: write {example}.", { text, example })
      : t("“{text}” cannot be read here: use numbers, x, y, + - * / **, brackets and functions such as sin(x).", {
          text,
        }),
  equals: () => t("leave out the = and what stands before it: only the right side is the formula."),
  comma: () => t("a comma stands only between the arguments of min and max; write 0.5 with a point."),
  out_of_place: ({ text }) => t("“{text}” does not fit here: put * or + before it.", { text }),
  two_numbers: () => t("two numbers stand side by side: put an operation between them."),
  bracket: ({ bracket }) =>
    bracket === ")" ? t("there is a ) without its (: take it away.") : t("this ( is never closed: add a )."),
  incomplete: ({ after, before }) =>
    after
      ? t("something is missing after “{text}”.", { text: after })
      : t("a number, x, y or a function is missing before “{text}”.", { text: before }),
  number: () => t("this number is too large: the largest is about 1.8e308."),
  call: ({ name, example }) => t("write {name} with brackets: {example}.", { name, example }),
  arity: ({ name, takes, given }) =>
    t("the number of arguments of {name} is {takes}, not {given}.", { name, takes, given }),
  unknown_name: ({ name, meant, known }) =>
    meant
      ? t("“{name}” is not known: did you mean {meant}?", { name, meant })
      : t("“{name}” is not known: use {known} and functions such as sin, exp, sqrt.", {
          name,
          known: listed(known ?? ["x", "y"]),
        }),
  too_deep: ({ limit }) => t("brackets and signs are nested deeper than {limit}.", { limit }),
  too_many_nodes: ({ limit }) =>
    t("the text has more than {limit} numbers, names and operations: shorten it.", { limit }),
  too_long: ({ limit, max_length: most }) => t("is too long: at most {most} are read.", { most: limit ?? most }),
  no_x: () => t("no line assigns x: add one such as x = x - lr*g."),
  no_assignment: () => t("each line is an assignment such as v = 0.9*v + g."),
  bad_name: ({ name }) => t("“{name}” cannot be assigned: use a name of letters, digits and _.", { name }),
  reserved_name: ({ name }) => t("“{name}” already means something: choose another name.", { name }),
  unused_memory: ({ name }) => t("“{name}” is declared as memory, but no line assigns it.", { name }),
  bad_start: ({ name }) =>
    name
      ? t("a memory’s start value cannot use “{name}”: use numbers and settings.", { name })
      : t("a memory’s start value is not a finite number."),
  no_lines: () => t("this optimizer is not made of lines."),
  no_rate: () => t("a schedule scales lr, which this rule does not have."),
  one_at_a_time: () => t("this optimizer runs one at a time."),
  needs_exact_gradients: () => t("this optimizer needs exact gradients: no noise, and the full batch."),
  not_wanted: () => t("does not go with this mode: leave it out."),
  window: () => t("must have [low, high] for each variable, with low below high."),

  /* data and models */
  name_or_points: () => t("give either the name of a dataset or points with their labels."),
  not_a_point: ({ most }) => t("a point is a list of 1 to {most} numbers.", { most }),
  ragged: ({ width }) =>
    width
      ? t("every point must have {width} numbers, as the first has.", { width })
      : t("every label must have as many numbers as the first."),
  label: () => t("must be a class, a number, or a list of classes."),
  labels_do_not_fit: ({ points, labels }) =>
    points === undefined
      ? t("these labels do not fit this model: choose another model or other labels.")
      : t("there must be one label for each of the {points} points, not {labels}.", { points, labels }),
  not_a_class: ({ most }) => t("must be a class: a whole number from 0 to {most}.", { most }),
  no_classes: () => t("the labels are numbers: there are no classes."),
  no_class: () => t("softmax needs a class for every point: give it one, or use one_vs_rest."),
  one_class: () => t("all points are of one class: add points of another, or there is nothing to tell apart."),
  two_classes: ({ classes }) =>
    t("logistic regression tells two classes apart, and there are {classes}: use softmax.", { classes }),
  too_few_classes: ({ least }) => t("there must be at least {least} classes.", { least }),
  too_many: ({ most }) => t("At most {most} are possible. Leave some out.", { most }),
  too_large: ({ cost, cap }) =>
    t("this costs {cost} and at most {cap} is allowed: ask for fewer steps, runs or columns.", { cost, cap }),
  heavy_step: ({ cost, cap }) =>
    t("one step may cost {cost} and at most {cap} is allowed: use fewer points or parameters, or another optimizer.", {
      cost,
      cap,
    }),
  too_many_inputs: () => t("formulas know the inputs x and y only; these points have more: leave features out."),
  not_a_formula: () => t("must be a formula such as x**2."),
  no_such_input: () => t("the points have one input, x: there is no y."),
  no_model: () => t("must train a model on data: others have a surface of their own."),
  no_plane: () => t("has one parameter: a plane needs two."),
  two_inputs: () => t("regions are drawn over two inputs, x and y."),
  unbounded_output: () => t("this output is no probability: cross-entropy needs one. Use mse, or a sigmoid."),
  negative_output: () => t("tanh runs from -1 to 1: below 0 cross-entropy has no value. Use a sigmoid."),
  not_one: () => t("the targets of a softmax must add up to 1."),
  no_surface: () => t("has no surface to draw."),
  not_a_model: () => t("must be a model on data: linear, logistic, softmax, one_vs_rest or network."),
  left_domain: () => t("the function is not defined there: choose another place."),
  not_open: () => t("comes before any open: send an open with a spec first."),

  /* how a run ended */
  start_outside_domain: () => t("The start cannot be used: the function is not defined there. Choose another start."),
  outside_domain: () => t("The next step leads where the function is not defined."),
  overflow: () => t("It diverged: the next numbers are too large to represent. Try a smaller learning rate."),
  not_quadratic: () =>
    t("Exact line search is worked out for quadratics: here the curvature changes from place to place."),
  no_minimum_on_line: () => t("The function falls for ever along this line: it has no lowest point."),
  no_hessian: () => t("The curvature is not defined here, so Newton has no step."),
  singular_hessian: () => t("The Hessian is singular, so the Newton step is not determined."),
  indefinite_hessian: () => t("The Hessian is indefinite, so the Newton step would not lead to a minimum."),
  rule_undefined: () => t("The rule has no next step there, as when it divides by zero."),
  no_descent: () => t("No lower point was found along the direction: this is as low as rounding allows."),
};

const WHOLE = {
  "not-json": () => t("The body is not JSON."),
  "too-large": ({ cap }) => t("The body may have at most {cap} bytes.", { cap }),
  "too-long": ({ cap }) => t("The query of an address may have at most {cap} characters.", { cap }),
  "media-type": () => t("Send the body as application/json."),
  "not-acceptable": () => t("There is no such form of this answer."),
  "no-surface": () => t("There is no such surface."),
  "foreign-origin": () => t("Pages of this origin may not open the stream."),
  busy: () => t("All processes are sweeping; try again soon."),
  "not-ready": () => t("The server is not ready yet."),
  404: () => t("There is nothing at this address."),
  405: () => t("This address does not take that method."),
  500: () => t("Steepest made a mistake; it is in the server’s log."),
};
