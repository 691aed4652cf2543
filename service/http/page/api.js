// What the page asks of the server: JSON, and briefs that may come as a stream of events.

/** A refusal in the server's own terms (RFC 9457), or one of ours: "offline", "interrupted". */
export class Problem extends Error {
  constructor(code, { status = 0, requestId = "", detail = "", retryAfter = null, detected = "" } = {}) {
    super(code);
    Object.assign(this, { code, status, requestId, detail, retryAfter, detected });
  }

  static from(content, status, requestId) {
    const body = content ?? {};
    return new Problem(body.code ?? "unknown", {
      status: body.status ?? status,
      requestId: body.request_id ?? requestId,
      detail: body.detail ?? "",
      retryAfter: body.retry_after ?? null,
      detected: body.detected ?? "",
    });
  }
}

let key = "";

/** Send this key with every request from now on. */
export function useKey(given) {
  key = given.trim();
}

/** The JSON at an address, as { data, raw }; throws Problem. */
export async function read(address, signal) {
  const reply = await ask(address, { headers: { Accept: "application/json" }, signal });
  return whole(reply);
}

/**
 * Ask for briefs. `heard(event, data)` is told of "progress" and "brief" events where the server
 * streams; the result is the whole reply as { data, raw } either way. Throws Problem.
 */
export async function write(request, heard, signal) {
  const reply = await ask("v1/briefs", {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "text/event-stream, application/json;q=0.9" },
    body: JSON.stringify(request),
    signal,
  });
  const type = reply.headers.get("Content-Type") ?? "";
  return type.startsWith("text/event-stream") ? followed(reply, heard) : whole(reply);
}

async function ask(address, options) {
  const headers = { ...options.headers, ...(key && { Authorization: `Bearer ${key}` }) };
  let reply;
  try {
    reply = await fetch(address, { ...options, headers });
  } catch (error) {
    throw error.name === "AbortError" ? error : new Problem("offline");
  }
  if (!reply.ok) {
    const content = await reply.json().catch(() => null);
    throw Problem.from(content, reply.status, reply.headers.get("X-Request-ID") ?? "");
  }
  return reply;
}

async function whole(reply) {
  try {
    const raw = await reply.text();
    return { data: JSON.parse(raw), raw };
  } catch (error) {
    throw error.name === "AbortError" ? error : new Problem("interrupted", { requestId: requestIdOf(reply) });
  }
}

async function followed(reply, heard) {
  const requestId = requestIdOf(reply);
  try {
    for await (const { event, data } of events(reply.body)) {
      const content = JSON.parse(data);
      if (event === "done") return { data: content, raw: data };
      if (event === "error") throw Problem.from(content, reply.status, requestId);
      heard(event, content);
    }
  } catch (error) {
    if (error instanceof Problem || error.name === "AbortError") throw error;
  }
  throw new Problem("interrupted", { requestId });
}

function requestIdOf(reply) {
  return reply.headers.get("X-Request-ID") ?? "";
}

/** The events of a text/event-stream body: lines end in LF, CR or CRLF, comments are left out. */
export async function* events(body) {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let waiting = "";
  let event = "";
  let data = [];
  for (;;) {
    const { done, value } = await reader.read();
    waiting += done ? decoder.decode() : decoder.decode(value, { stream: true });
    // A CR at the very end may be the first half of a CRLF.
    const ready = waiting.endsWith("\r") && !done ? waiting.slice(0, -1) : waiting;
    const lines = ready.split(/\r\n|\r|\n/);
    waiting = lines.pop() + waiting.slice(ready.length);
    for (const line of lines) {
      if (line === "") {
        if (data.length) yield { event: event || "message", data: data.join("\n") };
        event = "";
        data = [];
        continue;
      }
      const [, field, value] = /^([^:]*):? ?(.*)$/.exec(line);
      if (field === "event") event = value;
      else if (field === "data") data.push(value);
    }
    if (done) return;
  }
}
