// One song in the list: what it is called, how far it is, its files and buttons.

import { formatSize, translate } from "../m/static/i18n.js";

const QUARTERS = 4; // of progress are told to screen readers, not each percent

export class OrderView {
  /** @param callbacks { click(number, code, view), delete(number, view) } */
  constructor(song, callbacks) {
    this.callbacks = callbacks;
    this.element = document.getElementById("order").content.firstElementChild.cloneNode(true);
    this.find = (name) => this.element.querySelector(`[data-part="${name}"]`);
    this.find("song").textContent = song;
    this.find("cancel").addEventListener("click", () => this.cancel?.());
    this.find("delete").addEventListener("click", () => this.callbacks.delete(this.number, this));
  }

  /** Show a sentence. */
  setText(text, isError = false) {
    this.find("text").textContent = text;
    this.element.classList.toggle("error", isError);
  }

  /** Show an error, and tell it. */
  fail(text) {
    this.setProgress(null);
    this.find("cancel").hidden = true;
    this.setText(text, true);
    this.#tell(text, text);
  }

  /** How much of the file is sent: 0 to 1. */
  setUploaded(share) {
    const text = translate("app.uploading");
    this.setText(text);
    this.setProgress(share, true);
    this.#tell(`upload ${Math.floor(QUARTERS * share)}`, `${text} ${Math.floor(100 * share)} %`);
  }

  setProgress(progress, isUpload = false) {
    const bar = this.find("bar");
    bar.hidden = progress === null;
    bar.classList.toggle("uploading", isUpload);
    bar.style.setProperty("--progress", progress ?? 0);
    bar.setAttribute("aria-valuenow", Math.round(100 * (progress ?? 0)));
    bar.setAttribute("aria-label", this.find("song").textContent);
  }

  /** Show an order as the server describes it (`bots.web.serializers.order_json`). */
  show(order) {
    this.number = order.order;
    this.find("song").textContent = order.song;
    this.find("outputs").textContent = order.outputs;
    this.setText(order.text, order.failed);
    this.setProgress(order.final ? null : order.progress);
    const cancel = order.buttons.find((button) => button.action === "cancel");
    this.find("cancel").hidden = !cancel;
    this.cancel = () => this.callbacks.click(order.order, cancel.code, this);
    this.#link("preview", order.preview);
    this.#link("mixer", order.mixer || order.live); // what is separated so far can be played already
    this.find("delete").hidden = !order.final;
    const choices = order.buttons.filter((button) => button.action === "outputs");
    this.#fill("buttons", choices, (button) => this.#button(order, button));
    this.#fill("files", order.files, downloadItem);
    this.#tell(`${order.state} ${order.stage} ${Math.floor(QUARTERS * (order.progress ?? 0))} ${order.final}`, order.text);
  }

  /** Tell a screen reader what is new: one line for this song, and nothing of what was there at first. */
  #tell(key, text) {
    if (key === this.told) return;
    const isFirst = this.told === undefined;
    this.told = key;
    if (!isFirst) this.find("status").textContent = `${this.find("song").textContent}: ${text}`;
  }

  #link(name, url) {
    this.find(name).hidden = !url;
    if (url && this.find(name).getAttribute("href") !== url) this.find(name).href = url;
  }

  /** Make the elements again only if they changed, so that none loses the focus for nothing. */
  #fill(name, items, make) {
    const parts = this.find(name);
    const content = JSON.stringify(items);
    if (parts.dataset.content === content) return;
    parts.dataset.content = content;
    parts.replaceChildren(...items.map(make));
  }

  #button(order, { label, code }) {
    const chip = document.createElement("button");
    chip.type = "button";
    chip.className = "chip";
    chip.textContent = label;
    chip.addEventListener("click", () => this.callbacks.click(order.order, code, this));
    return chip;
  }
}

function downloadItem({ name, size_bytes: bytes, url }) {
  const [item, link, title, size] = ["li", "a", "span", "span"].map((tag) => document.createElement(tag));
  title.textContent = name;
  size.textContent = formatSize(bytes);
  link.href = url;
  link.download = name;
  link.append(title, size);
  item.append(link);
  return item;
}
