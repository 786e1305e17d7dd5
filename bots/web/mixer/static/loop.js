// The A–B loop: drag over the ruler, move its handles, or press the button at A and again at B.

import { clock, translate } from "./i18n.js";

const MIN_S = 0.25; // shorter is a buzz, not a loop
const NUDGE_S = 0.1; // an arrow key moves a handle by this

export class Loop {
  /** @param callbacks {loop({from, to} | null) in seconds} */
  constructor(duration, callbacks) {
    Object.assign(this, { duration, callbacks, from: null, to: null });
    this.ruler = document.getElementById("ruler");
    this.region = document.getElementById("region");
    this.button = document.getElementById("loop");
    this.handles = { from: document.getElementById("loop-from"), to: document.getElementById("loop-to") };
    this.#dragging();
    for (const end of ["from", "to"]) this.#handle(end);
    this.show();
  }

  /** Off → A here → B here → off. */
  toggle(now) {
    if (this.from === null) this.#set(now, null);
    else if (this.to === null && now - this.from >= MIN_S) this.#set(this.from, now);
    else this.#set(null, null);
  }

  /** The loop in seconds, or null while it has not both ends. */
  get span() {
    return this.to === null ? null : { from: this.from, to: this.to };
  }

  restore(from, to) {
    if (from >= 0 && to <= this.duration && to - from >= MIN_S) this.#set(from, to);
  }

  #set(from, to) {
    [this.from, this.to] = [from, to];
    this.show();
    this.callbacks.loop(this.span);
  }

  show() {
    const { from, to, duration, region, button } = this;
    region.hidden = from === null;
    const share = (seconds) => `${(100 * seconds) / duration}%`;
    if (from !== null) {
      region.style.left = share(from);
      region.style.width = share((to ?? from) - from);
    }
    button.setAttribute("aria-pressed", String(to !== null));
    button.classList.toggle("half", from !== null && to === null);
    const state = to !== null ? "loop.on" : from !== null ? "loop.half" : "loop.off";
    const label = translate(state, { from: clock(from ?? 0), to: clock(to ?? 0) });
    button.setAttribute("aria-label", label);
    button.title = label;
    for (const end of ["from", "to"]) {
      const handle = this.handles[end];
      handle.hidden = to === null;
      handle.setAttribute("aria-valuemax", this.duration.toFixed(1));
      handle.setAttribute("aria-valuenow", (this[end] ?? 0).toFixed(1));
      handle.setAttribute("aria-valuetext", clock(this[end] ?? 0));
    }
  }

  #at(event) {
    const box = this.ruler.getBoundingClientRect();
    return Math.max(0, Math.min(1, (event.clientX - box.left) / box.width)) * this.duration;
  }

  #dragging() {
    let start = null;
    this.ruler.addEventListener("pointerdown", (event) => {
      if (event.target.closest("[role=slider]")) return;
      start = this.#at(event);
      this.ruler.setPointerCapture(event.pointerId);
    });
    this.ruler.addEventListener("pointermove", (event) => {
      if (start === null) return;
      const now = this.#at(event);
      if (Math.abs(now - start) >= MIN_S) this.#set(Math.min(start, now), Math.max(start, now));
    });
    this.ruler.addEventListener("pointerup", (event) => {
      if (start !== null && Math.abs(this.#at(event) - start) < MIN_S) this.callbacks.seek(start / this.duration);
      start = null;
    });
  }

  #handle(end) {
    const handle = this.handles[end];
    const move = (to) => {
      const span = { from: this.from, to: this.to, [end]: Math.max(0, Math.min(this.duration, to)) };
      if (span.to - span.from >= MIN_S) this.#set(span.from, span.to);
    };
    handle.addEventListener("pointerdown", (event) => {
      event.stopPropagation();
      handle.setPointerCapture(event.pointerId);
    });
    handle.addEventListener("pointermove", (event) => {
      if (handle.hasPointerCapture(event.pointerId)) move(this.#at(event));
    });
    handle.addEventListener("keydown", (event) => {
      const step = { ArrowLeft: -NUDGE_S, ArrowRight: NUDGE_S }[event.key];
      if (!step) return;
      event.preventDefault();
      event.stopPropagation();
      move(this[end] + step);
    });
  }
}
