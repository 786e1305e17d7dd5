// Requests whose every end is a sentence: a proxy's HTML page and a lost connection, too.

import { translate } from "../m/static/i18n.js";

const ANSWER_MS = 60_000;

/** The JSON of an answer; `text` says what is wrong where it is none. */
export function parse(text, status, key) {
  try {
    const body = JSON.parse(text);
    if (body !== null && typeof body === "object") return body;
  } catch {
    // not from our server
  }
  return { text: translate(key, { status }), isForeign: true };
}

/** @returns { ok, body }: `body` is the answer's JSON, or holds a `text` that says what went wrong */
export async function request(url, method) {
  try {
    const response = await fetch(url, { method, signal: AbortSignal.timeout(ANSWER_MS) });
    const body = parse(await response.text(), response.status, "app.failed");
    if (!response.ok && !body.text) body.text = translate("app.failed", { status: response.status });
    return { ok: response.ok && !body.isForeign, body };
  } catch {
    return { ok: false, body: { text: translate("app.offline") } };
  }
}
