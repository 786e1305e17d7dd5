// Uploads songs, a few at a time: a browser has six connections to a host, and the list needs one, too.

import { translate } from "../m/static/i18n.js";
import { parse, request } from "./request.js";

const AT_ONCE = 2;
const ANSWER_MS = 120_000; // how long the server may take to answer when all is sent

const element = (id) => document.getElementById(id);
const { uploadToken, tooBig, limitBytes } = document.body.dataset; // uploadToken: of a chat's upload link

export class Uploads {
  #waiting = [];
  #active = 0;

  /** @param list the `OrderList` that shows them  @param onStarted (order): a song was taken */
  constructor(list, onStarted) {
    Object.assign(this, { list, onStarted });
  }

  /** Whether all files that were chosen are sent. */
  get idle() {
    return this.#active === 0 && this.#waiting.length === 0;
  }

  /** Upload what was dropped: songs, no folders. */
  drop({ items, files }) {
    const entries = [...items].map((item) => item.webkitGetAsEntry?.());
    [...files].forEach((file, at) => this.add(file, entries[at]?.isDirectory ?? false));
  }

  /** Upload a file as soon as it is its turn. */
  add(file, isFolder = false) {
    const view = this.list.add(file.name);
    view.element.scrollIntoView({ block: "nearest", behavior: "smooth" });
    if (isFolder) return view.fail(translate("app.folder"));
    if (file.size > Number(limitBytes)) return view.fail(tooBig);
    if (file.size === 0) return view.fail(translate("app.empty"));
    const upload = { file, view, outputs: document.querySelector("[name=want]:checked").value, format: element("format").value };
    view.setText(translate("app.waiting"));
    view.find("cancel").hidden = false;
    view.cancel = () => {
      this.#waiting = this.#waiting.filter((each) => each !== upload);
      view.element.remove();
    };
    this.#waiting.push(upload);
    this.#next();
  }

  async #next() {
    if (this.#active >= AT_ONCE || this.#waiting.length === 0) return;
    this.#active += 1;
    const upload = this.#waiting.shift();
    const order = await this.#send(upload).catch(() => upload.view.fail(translate("app.interrupted")));
    this.#active -= 1;
    if (order) this.list.show(order, upload.view);
    this.#next();
  }

  /** Send a song. @returns its order; nothing where there is none, which its view says */
  async #send({ file, view, outputs, format }) {
    view.cancel = () => {
      view.isCancelled = true;
      view.element.remove();
    };
    if (!(await isReadable(file))) return view.fail(translate("app.folder"));
    if (!uploadToken) {
      const { ok, body } = await request(`/api/admission?bytes=${file.size}`, "GET");
      if (!ok) return view.fail(body.text);
    }
    if (view.isCancelled) return;
    const query = new URLSearchParams({ id: randomId(), name: file.name, want: `${outputs} ${format}` });
    if (uploadToken) query.set("send", uploadToken);
    const { status, text } = await send(`/api/orders?${query}`, file, view);
    if (view.isCancelled) return;
    if (status === 0) return view.fail(translate("app.interrupted"));
    const order = parse(text, status, "app.not.arrived");
    if (status !== 201 || order.isForeign) return view.fail(order.text ?? translate("app.interrupted"));
    view.find("cancel").hidden = true;
    view.setProgress(null);
    this.onStarted(order, outputs === "stems");
    return { ...order, song: order.song || file.name };
  }
}

/** @returns { status, text }; status 0 where no answer came */
function send(url, file, view) {
  return new Promise((resolve) => {
    const upload = new XMLHttpRequest(); // fetch reports no progress of uploads
    let timer = 0;
    upload.open("POST", url);
    upload.setRequestHeader("Content-Type", "application/octet-stream");
    upload.upload.onprogress = ({ loaded, total }) => view.setUploaded(loaded / total);
    upload.upload.onload = () => {
      timer = setTimeout(() => upload.abort(), ANSWER_MS);
    };
    upload.onloadend = () => {
      clearTimeout(timer);
      resolve({ status: upload.status, text: upload.responseText });
    };
    view.cancel = () => {
      view.isCancelled = true;
      upload.abort();
      view.element.remove();
    };
    view.setUploaded(0);
    upload.send(file);
  });
}

/** Whether the file can be read: a folder, and what was moved away meanwhile, cannot. */
function isReadable(file) {
  return file.slice(0, 1).arrayBuffer().then(() => true, () => false);
}

/** An id of an upload; `crypto.randomUUID` needs https, which a home network may not have. */
function randomId() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
