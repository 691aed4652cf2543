// The page: takes an article, asks for its briefs, shows them or says in plain words why not.
import { Problem, read, useKey, write } from "./api.js";
import { element } from "./evidence.js";
import { capital, current, nameOf, remembered, say, speak } from "./language.js";
import { Result } from "./result.js";

const byId = (id) => document.getElementById(id);
const field = { title: byId("article-title"), text: byId("article-text") };

const result = new Result({ said });
let languages = ["fr", "en"].map((code) => ({ code, own_name: null }));
let examples = [];
let problem = null; // what the alert shows: { error, again }
let note = null; // what the line under the article says, as a function
let replaced = null; // the reader's own text, before an example took its place
let running = null; // { controller, phase } of the request under way
let shownId = null; // the id of the brief on show

/** Tell screen readers; `visibly` also shows it for a moment. */
function said(text, visibly = false) {
  byId("live").textContent = text;
  if (!visibly) return;
  document.querySelector(".toast")?.remove();
  const toast = element("p", { class: "toast", "aria-hidden": "true" }, text);
  document.body.append(toast);
  setTimeout(() => toast.remove(), 4000);
}

// --- The article -------------------------------------------------------------------------------

/** Whether a text is the source of a page rather than an article. */
function looksLikePage(text) {
  return /^\s*(<\?xml[^>]*>\s*)?(<!--[^]*?-->\s*)?<(!doctype html|html|head|body|main|article|section|div|p|h1)\b/i.test(text);
}

function tell(message = null) {
  note = message;
  const text = field.text.value;
  const words = text.trim() ? say("words", { n: text.trim().split(/\s+/).length }) : "";
  const kind = looksLikePage(text) ? say("html") : words;
  byId("article-note").textContent = [note?.(), kind].filter(Boolean).join(" ");
  byId("restore").hidden = replaced === null;
}

function fill(text, title, message) {
  const own = field.text.value;
  if (own.trim() && own !== text && replaced === null) replaced = { text: own, title: field.title.value };
  field.text.value = text;
  field.title.value = title;
  field.text.scrollTop = 0;
  complain(null);
  tell(message);
}

async function takeFile(file) {
  try {
    const { readFile } = await import("./files.js");
    const { text, title } = await readFile(file);
    fill(text, title, () => say("file.loaded", { name: file.name }));
    field.text.focus();
  } catch (error) {
    complain(new Problem(error.message));
  }
}

async function takeExample(id) {
  byId("examples").open = false;
  try {
    const { data } = await read(`v1/examples/${encodeURIComponent(id)}`);
    fill(data.text, data.title, () => say("example.loaded"));
    byId("submit").focus();
  } catch (error) {
    complain(error, () => takeExample(id));
  }
}

function drawExamples() {
  byId("examples").hidden = examples.length === 0;
  const rows = examples.map(({ id, topic, title }) => {
    const kind = element("small", {}, say(`topic.${topic}`) ?? topic);
    const button = element("button", { type: "button" }, kind, element("span", { lang: "fr" }, title));
    button.onclick = () => takeExample(id);
    return element("li", {}, button);
  });
  byId("examples-list").replaceChildren(...rows);
}

function drawLanguages() {
  const chosen = new Set(chosenLanguages());
  if (!byId("languages").childElementCount) ["fr", "en"].forEach((code) => chosen.add(code));
  const chips = languages.map(({ code, own_name: own }) => {
    const box = element("input", { type: "checkbox", value: code });
    box.checked = chosen.has(code);
    const name = own ?? new Intl.DisplayNames([code], { type: "language" }).of(code);
    const shown = capital(name);
    result.ownNames.set(code, shown);
    return element("label", {}, box, element("span", { lang: code }, shown));
  });
  byId("languages").replaceChildren(...chips);
}

function chosenLanguages() {
  return [...byId("languages").querySelectorAll("input:checked")].map((box) => box.value);
}

// --- Errors ------------------------------------------------------------------------------------

/** Show why it did not work, and what can be done; null takes the message away. */
function complain(error, again = null) {
  problem = error && { error, again };
  const place = byId("problem");
  place.hidden = !error;
  field.text.toggleAttribute("aria-invalid", Boolean(error) && ["no_text", "empty_article"].includes(error.code));
  if (!error) return place.replaceChildren();
  const parts = [element("p", {}, sentenceOf(error))];
  if (error.retryAfter) parts.push(element("p", {}, say("wait", { n: error.retryAfter })));
  if (error.requestId) parts.push(element("p", { class: "note" }, say("request", { id: error.requestId })));
  if (again) {
    const stated = error.code === "wrong_language";
    const button = element("button", { type: "button", class: "quiet" }, say(stated ? "continue" : "retry"));
    button.onclick = () => again(stated);
    parts.push(button);
  }
  place.replaceChildren(...parts);
  if (error.code === "unauthorised") byId("key-field").hidden = false;
  return place.focus();
}

function sentenceOf(error) {
  let key = `error.${error.code}`;
  if (error.code === "wrong_language" && (!error.detected || error.detected === "und")) key += "_unsure";
  const known = say(key, { detail: error.detail, detected: nameOf(error.detected || "und"), status: error.status });
  return known ?? say("error.unknown", { status: error.status });
}

// --- The request -------------------------------------------------------------------------------

function submit(statedFrench = false) {
  const text = field.text.value;
  const wanted = chosenLanguages();
  if (!text.trim()) return complain(new Problem("no_text"));
  if (!wanted.length) return complain(new Problem("no_language"));
  useKey(byId("key").value);
  const request = {
    [looksLikePage(text) ? "html" : "text"]: text,
    languages: wanted,
    length: byId("form").elements.length.value,
  };
  if (field.title.value.trim()) request.title = field.title.value.trim();
  if (statedFrench) request.source_language = "fr";
  return work("phase.reading", field.title.value.trim(), wanted, (heard, signal) => write(request, heard, signal), submit);
}

function open(id) {
  const address = `v1/briefs/${encodeURIComponent(id)}`;
  return work("phase.opening", "Brève", [], (heard, signal) => read(address, signal), () => open(id));
}

/** Run a request in the result's view; on failure go back to the article and say why. */
async function work(phase, title, awaited, ask, again) {
  stop();
  complain(null);
  const controller = new AbortController();
  const mine = { controller, phase };
  running = mine;
  result.wait(title, awaited);
  display("result");
  byId("result-title").focus();
  progress(phase);
  try {
    const { data, raw } = await ask((event, content) => mine === running && hear(event, content), controller.signal);
    if (mine !== running) return;
    running = null;
    progress(null);
    result.show(data, raw);
    shownId = data.id;
    if (hashId() !== data.id) history.pushState(null, "", `#b=${encodeURIComponent(data.id)}`);
    said(say("done", { n: data.briefs.length }));
  } catch (error) {
    if (mine !== running) return;
    running = null;
    progress(null);
    display("compose");
    if (hashId()) history.replaceState(null, "", location.pathname + location.search);
    complain(error instanceof Problem ? error : new Problem("unknown"), again);
  }
}

function hear(event, content) {
  if (event === "brief") result.add(content);
  const next = { article: "phase.writing", brief: "phase.translating", translation: "phase.translating" }[content.phase];
  if (event === "progress" && next) progress(next);
}

function progress(phase) {
  if (running) running.phase = phase;
  byId("progress").hidden = byId("cancel").hidden = phase === null;
  byId("again").hidden = phase !== null;
  const text = phase ? say(phase) : "";
  if (byId("phase").textContent === text) return;
  byId("phase").textContent = text;
  if (text) said(text);
}

function stop() {
  running?.controller.abort();
  running = null;
}

// --- Views -------------------------------------------------------------------------------------

function display(view) {
  byId("compose").hidden = view !== "compose";
  byId("result").hidden = view !== "result";
  document.body.classList.remove("has-evidence");
  byId("evidence").hidden = true;
  scrollTo(0, 0);
}

const hashId = () => /^#b=([\w%.-]{1,200})$/.exec(location.hash)?.[1] ?? null;

function compose() {
  stop();
  progress(null);
  shownId = null;
  display("compose");
}

function startAgain() {
  if (hashId()) history.pushState(null, "", location.pathname + location.search);
  compose();
  field.text.focus();
  field.text.select();
}

function follow() {
  const id = hashId();
  if (!id) compose();
  else if (id !== shownId) open(id);
}

function changeLanguage(language, remember) {
  speak(language, remember);
  drawExamples();
  drawLanguages();
  tell(note);
  if (problem) complain(problem.error, problem.again);
  if (running) progress(running.phase);
  if (result.reply) result.show(result.reply, result.raw);
}

// --- Start -------------------------------------------------------------------------------------

/** Ask which languages there are, until the server has loaded its models. */
async function askLanguages(waited = false) {
  try {
    const { data } = await read("v1/languages");
    languages = data.languages;
    drawLanguages();
    if (waited) tell(() => say("phase.ready"));
  } catch (error) {
    if (error.code === "unauthorised") byId("key-field").hidden = false;
    if (error.code !== "not_ready") return;
    tell(() => say("phase.starting"));
    setTimeout(() => askLanguages(true), 1000 * (error.retryAfter ?? 2));
  }
}

async function askExamples() {
  try {
    examples = (await read("v1/examples")).data.examples;
    drawExamples();
  } catch {
    // The menu stays hidden; everything else works without it.
  }
}

function listen() {
  byId("form").onsubmit = (event) => {
    event.preventDefault();
    submit();
  };
  byId("form").onkeydown = (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) submit();
  };
  field.text.oninput = () => {
    replaced = null;
    tell();
  };
  byId("restore").onclick = () => {
    const own = replaced;
    replaced = null;
    field.text.value = own.text;
    field.title.value = own.title;
    tell();
    field.text.focus();
  };
  byId("file").onchange = () => {
    const [file] = byId("file").files;
    byId("file").value = "";
    if (file) takeFile(file);
  };
  byId("key").onchange = () => {
    useKey(byId("key").value);
    askLanguages();
  };
  byId("cancel").onclick = () => {
    startAgain();
    said(say("cancelled"));
  };
  byId("again").onclick = startAgain;
  byId("home").onclick = (event) => {
    event.preventDefault();
    startAgain();
  };
  for (const button of document.querySelectorAll("[data-interface]")) {
    button.onclick = () => changeLanguage(button.dataset.interface, true);
  }
  addEventListener("popstate", follow);
  listenForDrops();
  listenForMenus();
}

function listenForDrops() {
  const sheet = byId("sheet");
  const lit = (on) => sheet.classList.toggle("is-target", on);
  addEventListener("dragover", (event) => {
    event.preventDefault();
    lit(!byId("compose").hidden);
  });
  addEventListener("dragleave", (event) => event.relatedTarget === null && lit(false));
  addEventListener("drop", (event) => {
    event.preventDefault();
    lit(false);
    if (byId("compose").hidden) return;
    const [file] = event.dataTransfer.files;
    const text = event.dataTransfer.getData("text/plain");
    if (file) takeFile(file);
    else if (text) fill(text, "", null);
  });
}

/** Menus close on Escape and when the focus or a click goes elsewhere. */
function listenForMenus() {
  const menus = [...document.querySelectorAll("details.menu")];
  const closeOthers = (target) => menus.forEach((menu) => menu.contains(target) || (menu.open = false));
  addEventListener("pointerdown", (event) => closeOthers(event.target));
  addEventListener("focusin", (event) => closeOthers(event.target));
  addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const opened = menus.find((menu) => menu.open);
    if (opened) {
      opened.open = false;
      opened.querySelector("summary").focus();
    } else result.evidence.release();
  });
}

listen();
changeLanguage(remembered() ?? current(), false);
askLanguages();
askExamples();
if (hashId()) follow();
