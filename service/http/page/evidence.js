// The briefs beside their article: which sentence rests on which passage, fact by fact.
//
// Offsets of the server count Unicode code points; JavaScript's strings count UTF-16 units, in
// which a sign beyond U+FFFF takes two. `CodePoints` translates.

export class CodePoints {
  constructor(text) {
    this.text = text;
    this.starts = null;
    if (/[\ud800-\udfff]/.test(text)) {
      this.starts = [];
      for (let unit = 0; unit < text.length; unit += text.codePointAt(unit) > 0xffff ? 2 : 1) this.starts.push(unit);
      this.starts.push(text.length);
    }
  }

  get length() {
    return this.starts ? this.starts.length - 1 : this.text.length;
  }

  slice(start, end) {
    const unit = (point) => (this.starts ? this.starts[Math.min(point, this.length)] : point);
    return this.text.slice(unit(start), unit(end));
  }
}

export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key === "class") made.className = value;
    else if (value !== null && value !== false) made.setAttribute(key, value === true ? "" : value);
  }
  made.append(...children);
  return made;
}

/** The facts of a sentence that can be marked in its text: none overlaps another; doubtful and short ones first. */
export function markable(sentence) {
  const points = new CodePoints(sentence.text);
  const rank = (check) => (check.status === "supported" ? 1e6 : 0) + check.end - check.start;
  const kept = [];
  for (const check of [...sentence.checks].sort((one, other) => rank(one) - rank(other))) {
    const stated = check.end > check.start && points.slice(check.start, check.end) === check.text;
    if (stated && kept.every((other) => check.end <= other.start || other.end <= check.start)) kept.push(check);
  }
  return kept.sort((one, other) => one.start - other.start);
}

/** Whether the sentence stands in the article as it is. */
export function isVerbatim(sentence) {
  return sentence.sources.some((source) => source.quote.trim() === sentence.text.trim());
}

/**
 * The article as paragraphs in which every passage that a brief refers to is an element of its own.
 * Gives the passages as [{ start, end, node }], in code points.
 */
export function drawArticle(holder, text, briefs) {
  const points = new CodePoints(text);
  const spans = briefs.flatMap((brief) => brief.sentences.flatMap(spansOf)).filter((span) => span.end <= points.length);
  const cuts = [...new Set(spans.flatMap((span) => [span.start, span.end]))].sort((one, other) => one - other);
  const pieces = [];
  holder.replaceChildren();
  let start = 0;
  for (const line of text.split("\n")) {
    const end = start + new CodePoints(line).length;
    if (line.trim()) holder.append(paragraph(points, start, end, cuts, spans, pieces));
    start = end + 1;
  }
  return pieces;
}

function spansOf(sentence) {
  return [...sentence.sources, ...sentence.checks.map((check) => check.source).filter(Boolean)];
}

function paragraph(points, start, end, cuts, spans, pieces) {
  const drawn = element("p");
  const inside = [start, ...cuts.filter((cut) => start < cut && cut < end), end];
  inside.slice(1).forEach((to, index) => {
    const from = inside[index];
    if (!spans.some((span) => span.start <= from && to <= span.end)) {
      drawn.append(points.slice(from, to));
      return;
    }
    const node = element("span", { class: "passage", id: `passage-${pieces.length}` }, points.slice(from, to));
    pieces.push({ start: from, end: to, node });
    drawn.append(node);
  });
  return drawn;
}

/** The links between sentences of all languages, their facts, and passages of the article. */
export class Evidence {
  /** `said(text)` speaks to screen readers; `shown(sentence, fact)` is told of each change, null for none. */
  constructor(article, { said, shown, describeFact }) {
    Object.assign(this, { article, said, shown, describeFact });
    this.sentences = [];
    this.pieces = [];
    this.pinned = null;
    this.active = { drawn: null, fact: null };
    // Moves, not pointerover: that also comes when the text scrolls away under a pointer that rests.
    article.onpointermove = (event) => this.#fromArticle(event);
    article.onpointerleave = () => this.#rest();
  }

  /** Forget everything that was drawn. */
  clear() {
    this.sentences = [];
    this.pieces = [];
    this.pinned = null;
    this.active = { drawn: null, fact: null };
    this.shown(null, null);
  }

  /** Take the article's passages and tell each sentence's description to screen readers. */
  connect(pieces) {
    this.pieces = pieces;
    for (const { sentence, node } of this.sentences) {
      const passages = this.#passages(sentence.sources).map((piece) => piece.node.id);
      const described = [...(passages.length ? ["describes-source", ...passages] : [])];
      if (isVerbatim(sentence)) described.unshift("describes-verbatim");
      if (described.length) node.setAttribute("aria-describedby", described.join(" "));
    }
  }

  /** A sentence as an element that can be pointed at, reached by Tab, and held by a click or Enter. */
  draw(brief, sentence) {
    const node = element("span", {
      class: isVerbatim(sentence) ? "sentence is-verbatim" : "sentence",
      role: "button",
      tabindex: "0",
      "aria-pressed": "false",
      "data-key": `${brief.language}/${sentence.id}`,
    });
    const drawn = { brief, sentence, node, facts: [], step: -1 };
    const points = new CodePoints(sentence.text);
    let from = 0;
    for (const check of markable(sentence)) {
      const short = check.end - check.start <= 16 ? " is-short" : "";
      const mark = element("span", { class: `fact is-${check.status}${short}` }, points.slice(check.start, check.end));
      node.append(points.slice(from, check.start), mark);
      drawn.facts.push({ check, mark });
      from = check.end;
    }
    node.append(points.slice(from, points.length));
    this.#listen(drawn);
    this.sentences.push(drawn);
    return node;
  }

  #listen(drawn) {
    const { node } = drawn;
    const factAt = (target) => drawn.facts.find((fact) => fact.mark === target) ?? null;
    node.addEventListener("pointermove", (event) => this.#point(drawn, factAt(event.target)));
    node.addEventListener("pointerleave", () => this.#rest());
    node.addEventListener("focus", () => this.show(drawn));
    node.addEventListener("blur", () => {
      drawn.step = -1;
      this.show(this.pinned);
    });
    node.addEventListener("click", (event) => {
      if (document.getSelection()?.toString()) return;
      this.#hold(drawn, factAt(event.target));
    });
    node.addEventListener("keydown", (event) => this.#key(event, drawn));
  }

  #point(drawn, fact = null) {
    if (this.active.drawn !== drawn || this.active.fact !== fact) this.show(drawn, fact);
  }

  /** What is shown when nothing is pointed at: the held sentence, or the one with the focus. */
  #rest() {
    this.#point(this.pinned ?? this.sentences.find(({ node }) => node === document.activeElement) ?? null);
  }

  #key(event, drawn) {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      this.#hold(drawn, drawn.facts[drawn.step] ?? null);
    } else if (step && drawn.facts.length) {
      event.preventDefault();
      const count = drawn.facts.length;
      drawn.step = drawn.step < 0 && step < 0 ? count - 1 : (drawn.step + step + count) % count;
      const fact = drawn.facts[drawn.step];
      this.show(drawn, fact);
      this.said(this.describeFact(fact.check, this.quoteOf(drawn.sentence, fact.check)));
    }
  }

  #hold(drawn, fact) {
    const released = this.pinned === drawn && !fact;
    this.pinned?.node.setAttribute("aria-pressed", "false");
    this.pinned = released ? null : drawn;
    drawn.node.setAttribute("aria-pressed", String(!released));
    this.show(drawn, fact);
  }

  /** Let go of the held sentence. */
  release() {
    this.pinned?.node.setAttribute("aria-pressed", "false");
    this.pinned = null;
    this.show(null);
  }

  /** Light up a sentence, its counterparts and its sources; with a fact, also where the article says that. */
  show(drawn, fact = null) {
    this.#dim();
    this.active = { drawn, fact };
    if (drawn) {
      drawn.node.classList.add("is-active");
      fact?.mark.classList.add("is-pointed");
      for (const other of this.sentences) {
        if (other !== drawn && other.sentence.id === drawn.sentence.id) other.node.classList.add("is-peer");
      }
      const passages = this.#passages(drawn.sentence.sources);
      passages.forEach((piece) => piece.node.classList.add("is-source"));
      const stated = fact?.check.source ? this.#passages([fact.check.source]) : [];
      stated.forEach((piece) => piece.node.classList.add("is-stated"));
      this.#bringIntoView((stated[0] ?? passages[0])?.node, passages.at(-1)?.node);
    }
    this.shown(drawn?.sentence ?? null, fact?.check ?? null);
  }

  /** The words of the article that support a fact, or "". */
  quoteOf(sentence, check) {
    return check.source ? this.#passages([check.source]).map((piece) => piece.node.textContent).join("") : "";
  }

  /** The first passage that is lit up now. */
  get firstPassage() {
    return this.pieces.find((piece) => piece.node.classList.contains("is-source"))?.node ?? null;
  }

  #dim() {
    for (const { node, facts } of this.sentences) {
      node.classList.remove("is-active", "is-peer");
      facts.forEach((fact) => fact.mark.classList.remove("is-pointed"));
    }
    this.pieces.forEach((piece) => piece.node.classList.remove("is-source", "is-stated"));
  }

  #passages(spans) {
    return this.pieces.filter((piece) => spans.some((span) => span.start <= piece.start && piece.end <= span.end));
  }

  #bringIntoView(first, last) {
    const panel = this.article;
    // On a narrow screen the article is no panel of its own, and the page must not jump.
    if (!first || panel.scrollHeight <= panel.clientHeight) return;
    const frame = panel.getBoundingClientRect();
    const top = first.getBoundingClientRect().top - frame.top;
    const bottom = (last ?? first).getBoundingClientRect().bottom - frame.top;
    if (top >= 0 && bottom <= frame.height) return;
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    panel.scrollTo({ top: panel.scrollTop + top - frame.height / 4, behavior: calm ? "auto" : "smooth" });
  }

  #fromArticle(event) {
    const piece = this.pieces.find((one) => one.node === event.target);
    if (!piece) return this.#rest();
    const rests = ({ sentence }) =>
      sentence.sources.some((source) => source.start <= piece.start && piece.end <= source.end);
    const found = this.sentences.find(rests);
    if (found) this.#point(found);
  }
}
