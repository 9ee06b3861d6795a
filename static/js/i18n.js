/** Words in the reader's language. English is the source: a text without a translation stays as it is written. */

let messages = {};

/** The translations of this page, {English: translation}; empty for English. */
export function setMessages(translations) {
  messages = translations;
}

/** Whether the reader reads the source: English, or a page without translations. */
export function isSource() {
  return Object.keys(messages).length === 0;
}

/** The text in the reader's language, with `{name}` replaced by `values.name`. */
export function t(text, values = {}) {
  const translated = messages[text] || text;
  return translated.replace(/\{(\w+)\}/g, (slot, name) => (name in values ? String(values[name]) : slot));
}

/** Marks a text for translation where it stands; it is looked up later, with `t`. */
export function mark(text) {
  return text;
}
