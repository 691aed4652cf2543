// The interface's language: the server chose it by the browser's; the reader's own choice is remembered.
import WORDS from "./words.js";

const STORED = "breve.interface";

/** The language of the interface, "fr" or "en". */
export const current = () => document.documentElement.lang;

/** The words under a key, with {names} filled in; a count `n` chooses singular or plural. */
export function say(key, values = {}) {
  let text = WORDS[current()][key];
  if (text === undefined) return undefined;
  if (Array.isArray(text)) text = text[(current() === "fr" ? values.n < 2 : values.n === 1) ? 0 : 1];
  return text.replace(/\{(\w+)\}/g, (_, name) => (typeof values[name] === "number" ? count(values[name]) : values[name]));
}

/** Whether there are words under a key. */
export const has = (key) => key in WORDS[current()];

/** A number as the interface's language writes it. */
export const count = (number) => new Intl.NumberFormat(current()).format(number);

/** A language's name in the interface's language, as it stands in a sentence. */
export function nameOf(code) {
  try {
    return new Intl.DisplayNames([current()], { type: "language" }).of(code);
  } catch {
    return code; // not a language code
  }
}

/** A text with a capital at its start. */
export const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);

/** The language that the reader chose on an earlier visit, or null. */
export function remembered() {
  try {
    const found = localStorage.getItem(STORED);
    return found in WORDS ? found : null;
  } catch {
    return null; // storage is forbidden
  }
}

/** Put the document into a language. */
export function speak(language, remember = false) {
  document.documentElement.lang = language;
  document.title = say("title");
  for (const node of document.querySelectorAll("body [data-w]")) node.textContent = say(node.dataset.w);
  for (const node of document.querySelectorAll("[data-w-label]")) node.setAttribute("aria-label", say(node.dataset.wLabel));
  for (const node of document.querySelectorAll("[data-w-placeholder]")) node.placeholder = say(node.dataset.wPlaceholder);
  for (const node of document.querySelectorAll("[data-interface]")) {
    node.setAttribute("aria-pressed", String(node.dataset.interface === language));
  }
  try {
    if (remember) localStorage.setItem(STORED, language);
  } catch {
    // Then it lasts for this visit.
  }
}
