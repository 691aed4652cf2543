// The result's view: briefs side by side, the article with its passages, copies and downloads.
import { drawArticle, element, Evidence } from "./evidence.js";
import { capital, has, nameOf, say } from "./language.js";

const byId = (id) => document.getElementById(id);

export class Result {
  constructor({ said }) {
    this.said = said;
    this.reply = null;
    this.raw = "";
    this.ownNames = new Map();
    this.evidence = new Evidence(byId("article"), {
      said,
      shown: (sentence, check) => this.#quote(sentence, check),
      describeFact: (check, source) =>
        say(source ? "fact.where" : "fact.nowhere", { text: check.text, source }),
    });
    byId("evidence-close").onclick = () => this.#closeQuote();
    byId("evidence-show").onclick = () => this.#goToArticle();
    byId("link").onclick = () => this.#copy(location.href, "copied.link");
    for (const button of document.querySelectorAll("[data-download]")) {
      button.onclick = () => this.#download(button.dataset.download);
    }
  }

  /** An empty result whose briefs are awaited. */
  wait(title, languages) {
    this.reply = null;
    this.evidence.clear();
    byId("result-title").textContent = title || say("untitled");
    byId("result-meta").textContent = "";
    byId("warnings").hidden = true;
    byId("legend").hidden = byId("link").hidden = byId("downloads").hidden = true;
    byId("briefs").replaceChildren(...languages.map((code) => this.#awaited(code)));
    byId("article").replaceChildren(...[1, 2, 3].map(() => element("p", { class: "ghost", "aria-hidden": "true" })));
  }

  /** One language's brief, before the others are there. */
  add(brief) {
    const place = document.querySelector(`[data-language="${CSS.escape(brief.language)}"]`);
    const drawn = this.#brief(brief);
    if (place) place.replaceWith(drawn);
    else byId("briefs").append(drawn);
  }

  /** The whole reply. */
  show(reply, raw) {
    this.reply = reply;
    this.raw = raw;
    const focused = document.activeElement?.dataset?.key;
    this.evidence.clear();
    byId("result-title").textContent = reply.article.title || opening(reply.article.text);
    const words = say("words", { n: reply.article.words });
    byId("result-meta").textContent = [say("article.meta", { words }), ...reply.models.map((model) => model.id)].join(" · ");
    byId("briefs").replaceChildren(...reply.briefs.map((brief) => this.#brief(brief)));
    this.evidence.connect(drawArticle(byId("article"), reply.article.text, reply.briefs));
    byId("article").scrollTop = 0;
    this.#warn(reply.warnings);
    byId("legend").hidden = byId("link").hidden = byId("downloads").hidden = false;
    if (focused) document.querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus();
  }

  #brief(brief) {
    const name = this.#nameOf(brief.language);
    const sentences = brief.sentences.flatMap((sentence, index) => [
      ...(index ? [" "] : []),
      this.evidence.draw(brief, sentence),
    ]);
    const words = brief.text.split(/\s+/).filter((word) => /[\p{L}\p{N}]/u.test(word)).length;
    const copy = element(
      "button",
      { type: "button", class: "quiet", "aria-label": say("copy.label", { language: name }) },
      say("copy"),
    );
    copy.onclick = () => this.#copy(brief.text, "copied");
    const heading = element("h2", { lang: brief.language, id: `brief-${brief.language}` }, name);
    const foot = element("footer", {}, element("p", { class: "note" }, `${say("words", { n: words })} · ${factsOf(brief)}`), copy);
    return element(
      "article",
      { class: `brief is-${brief.origin}`, "data-language": brief.language, "aria-labelledby": heading.id },
      element("header", {}, heading, ...labelsOf(brief)),
      element("p", { class: "brief-text", lang: brief.language }, ...sentences),
      ...doubtsOf(brief),
      foot,
    );
  }

  #awaited(code) {
    const name = this.#nameOf(code);
    const heading = element("h2", { lang: code, id: `brief-${code}` }, name);
    return element(
      "article",
      { class: "brief", "data-language": code, "aria-labelledby": heading.id, "aria-busy": "true" },
      element("header", {}, heading, element("span", { class: "label" }, say("pending"))),
      element("p", { class: "ghost", "aria-hidden": "true" }),
    );
  }

  #nameOf(code) {
    return this.ownNames.get(code) ?? capital(nameOf(code));
  }

  #warn(warnings) {
    const sentence = ({ code, message }) => (has(`warning.${code}`) ? say(`warning.${code}`) : message);
    const said = [...new Set(warnings.map(sentence))];
    byId("warnings").hidden = said.length === 0;
    byId("warnings").replaceChildren(...said.map((text) => element("li", {}, text)));
  }

  /** On a narrow screen, the active sentence's sources stand at the foot of the window. */
  #quote(sentence, check) {
    const sheet = byId("evidence");
    sheet.hidden = !sentence?.sources.length;
    document.body.classList.toggle("has-evidence", !sheet.hidden);
    if (sheet.hidden) return;
    const quotes = sentence.sources.map((source) => {
      const quote = element("blockquote");
      const at = check?.source && source.start <= check.source.start && check.source.end <= source.end;
      const stated = at ? this.evidence.quoteOf(sentence, check) : "";
      const [before, ...after] = stated ? source.quote.split(stated) : [source.quote];
      quote.append(before);
      if (stated) quote.append(element("mark", {}, stated), after.join(stated));
      return quote;
    });
    byId("evidence-quotes").replaceChildren(...quotes);
    byId("evidence-show").hidden = !this.reply;
  }

  #closeQuote() {
    const node = this.evidence.pinned?.node;
    this.evidence.release();
    node?.focus({ preventScroll: true });
    this.evidence.release();
    byId("evidence").hidden = true;
    document.body.classList.remove("has-evidence");
  }

  #goToArticle() {
    const passage = this.evidence.firstPassage;
    if (!passage) return;
    byId("evidence").hidden = true;
    document.body.classList.remove("has-evidence");
    passage.scrollIntoView({ block: "center" });
    byId("article").focus({ preventScroll: true });
  }

  async #copy(text, done) {
    try {
      if (navigator.clipboard) await navigator.clipboard.writeText(text);
      else copyBySelection(text);
      this.said(say(done), true);
    } catch {
      this.said(say("copy.failed"), true);
    }
  }

  async #download(kind) {
    byId("downloads").open = false;
    const { asDocx, asMarkdown } = await import("./files.js");
    const made = {
      json: () => new Blob([this.raw], { type: "application/json" }),
      md: () => new Blob([asMarkdown(this.#outline())], { type: "text/markdown" }),
      docx: () => asDocx(this.#outline()),
    }[kind]();
    const address = URL.createObjectURL(made);
    element("a", { href: address, download: `breve-${this.reply.id.slice(0, 8)}.${kind}` }).click();
    setTimeout(() => URL.revokeObjectURL(address), 60000);
  }

  /** What a document holds: title, briefs, and the first brief's sentences with their sources. */
  #outline() {
    const { article, briefs } = this.reply;
    return {
      title: article.title || opening(article.text),
      briefs: briefs.map((brief) => ({
        heading: this.#nameOf(brief.language),
        text: brief.text,
      })),
      sourcesHeading: say("evidence"),
      sources: briefs[0].sentences.map((sentence) => ({
        sentence: sentence.text,
        quotes: sentence.sources.map((source) => source.quote),
      })),
    };
  }
}

/** The first words of an article that has no title. */
function opening(text) {
  const words = text.trim().split(/\s+/);
  return words.slice(0, 10).join(" ") + (words.length > 10 ? "…" : "");
}

function labelsOf(brief) {
  const kind = brief.language === "fr" ? brief.origin : { written: "translated", extracted: "rendered" }[brief.origin];
  const labels = [element("span", { class: "label" }, say(`origin.${kind}`))];
  if (brief.experimental) labels.push(element("span", { class: "label" }, say("experimental")));
  return labels;
}

function factsOf(brief) {
  const { supported, altered, missing } = brief.checks;
  const doubtful = altered + missing;
  const checked = supported + doubtful ? say("facts", { n: supported }) : say("facts.none");
  return doubtful ? `${checked} · ${say("facts.doubtful", { n: doubtful })}` : checked;
}

/** What does not hold, in words; the marks in the text say it by their looks alone. */
function doubtsOf(brief) {
  const failing = brief.sentences.flatMap((sentence) => sentence.checks).filter((check) => check.status !== "supported");
  if (!failing.length) return [];
  const lines = failing.map((check) => element("li", {}, say(`doubt.${check.status}`, { text: check.text })));
  return [element("ul", { class: "doubts" }, ...lines)];
}

/** Copying where the page is not served over TLS and the clipboard is closed to scripts. */
function copyBySelection(text) {
  const field = element("textarea", { class: "visually-hidden" });
  field.value = text;
  const focused = document.activeElement;
  document.body.append(field);
  field.select();
  const copied = document.execCommand("copy");
  field.remove();
  focused?.focus();
  if (!copied) throw new Error("copy");
}
