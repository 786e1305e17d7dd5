// The list of songs: follows all of them by one stream, and does what their buttons say.

import { ask } from "../m/static/dialog.js";
import { translate } from "../m/static/i18n.js";
import { OrderView } from "./order_view.js";
import { request } from "./request.js";

const RECONNECT_MS = 2000; // doubled with each failure, up to
const RECONNECT_MAX_MS = 60_000;

const element = (id) => document.getElementById(id);

export class OrderList {
  #views = new Map(); // number of an order → its view
  #events = null;
  #failures = 0;

  constructor() {
    this.onFinal = () => {}; // (order, view): a song is finished
    this.callbacks = {
      click: (number, code, view) => this.#click(number, code, view),
      delete: (number, view) => this.#delete(number, view),
    };
  }

  /** A new song at the top of the list; it has no number yet. */
  add(song) {
    const view = new OrderView(song, this.callbacks);
    element("orders").prepend(view.element);
    element("my-orders").hidden = false;
    return view;
  }

  /** The view of an order; `view`, if it is given, is the one that its upload had. */
  show(order, view = null) {
    const known = this.#views.get(order.order);
    if (view && known && known !== view) known.element.remove(); // the stream was quicker than the upload's answer
    const shown = view ?? known ?? this.add(order.song);
    if (order.order) this.#views.set(order.order, shown);
    shown.show(order);
    if (order.final) this.onFinal(order, shown);
    return shown;
  }

  /** Follow all songs while the page is seen: other pages of this site need connections, too. */
  follow() {
    document.addEventListener("visibilitychange", () => this.#connect());
    window.addEventListener("pageshow", ({ persisted }) => persisted && this.#connect());
    window.addEventListener("pagehide", () => this.#disconnect());
    this.#connect();
  }

  #connect() {
    this.#disconnect();
    if (document.hidden) return;
    const events = new EventSource("/api/events");
    let isFirst = true;
    events.onmessage = ({ data }) => {
      const { orders, gone } = JSON.parse(data);
      if (this.#failures) element("notice").textContent = "";
      this.#failures = 0;
      const numbers = new Set(orders.map((order) => order.order));
      const left = isFirst ? [...this.#views.keys()].filter((number) => !numbers.has(number)) : gone;
      isFirst = false;
      for (const number of left) this.#remove(number);
      for (const order of orders.reverse()) this.show(order);
    };
    events.onerror = () => {
      this.#failures += 1;
      element("my-orders").hidden = false;
      element("notice").textContent = translate("app.reconnecting");
      events.close(); // the browser would try again every few seconds for ever
      const delay = Math.min(RECONNECT_MAX_MS, RECONNECT_MS * 2 ** (this.#failures - 1));
      this.timer = setTimeout(() => this.#connect(), delay);
    };
    this.#events = events;
  }

  #disconnect() {
    clearTimeout(this.timer);
    this.#events?.close();
    this.#events = null;
  }

  async #click(number, code, view) {
    const { ok, body } = await request(`/api/orders/${number}/press?code=${encodeURIComponent(code)}`, "POST");
    if (!ok) return view.setText(body.text, true);
    this.show(body);
  }

  /** Delete a song and all that was made of it; other orders of the same song go with it. */
  async #delete(number, view) {
    if (!(await ask(translate("app.delete.confirm"), translate("app.delete")))) return;
    const { ok, body } = await request(`/api/orders/${number}`, "DELETE");
    if (!ok) return view.setText(body.text, true);
    this.#remove(number);
    element("notice").textContent = body.text;
    this.#connect(); // what else was of this song goes as well
  }

  /** Take a song out of the list; the focus, if it was there, goes to the song below, or to the heading. */
  #remove(number) {
    const view = this.#views.get(number);
    if (!view) return;
    const { element: item } = view;
    const next = item.nextElementSibling ?? item.previousElementSibling;
    const hadFocus = item.contains(document.activeElement);
    this.#views.delete(number);
    item.remove();
    if (hadFocus) (next?.querySelector("[data-part=song]") ?? element("songs-heading")).focus();
  }
}
