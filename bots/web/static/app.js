// The upload page: uploads songs, watches their orders, opens the mixer. All sentences come from the server.

const sentences = JSON.parse(document.getElementById("translations").textContent);
const translate = (key) => sentences[key] ?? key;
const element = (id) => document.getElementById(id);
const { uploadToken, tooBig, limitBytes, hasOutputs } = document.body.dataset; // uploadToken: of a chat's upload link
const RECONNECT_MS = 2000;

/** One order in the list. */
class OrderView {
  constructor(song) {
    this.element = element("order").content.firstElementChild.cloneNode(true);
    this.find = (name) => this.element.querySelector(`[data-part="${name}"]`);
    this.find("song").textContent = song;
    this.find("cancel").addEventListener("click", () => this.cancel?.());
    this.find("delete").addEventListener("click", () => this.delete?.());
    element("my-orders").hidden = false;
  }

  setText(text, isError = false) {
    this.find("text").textContent = text;
    this.element.classList.toggle("error", isError);
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
    this.find("song").textContent = order.song;
    this.find("outputs").textContent = order.outputs;
    this.setText(order.text, order.failed);
    this.setProgress(order.final ? null : order.progress);
    const cancel = order.buttons.find((button) => button.action === "cancel");
    this.find("cancel").hidden = !cancel;
    this.cancel = () => click(order.order, cancel.code, this);
    this.#link("preview", order.preview);
    this.#link("mixer", order.mixer || order.live); // what is separated so far can be played already
    this.find("delete").hidden = !order.final;
    this.delete = () => deleteSong(order.order, this);
    const choices = order.buttons.filter((button) => button.action === "outputs");
    this.find("buttons").replaceChildren(...choices.map((button) => this.#button(order, button)));
    this.find("files").replaceChildren(...order.files.map(downloadItem));
  }

  #link(name, url) {
    this.find(name).hidden = !url;
    if (url) this.find(name).href = url;
  }

  #button(order, { label, code }) {
    const chip = document.createElement("button");
    chip.type = "button";
    chip.className = "chip";
    chip.textContent = label;
    chip.addEventListener("click", () => click(order.order, code, this));
    return chip;
  }
}

function downloadItem({ name, size_bytes: bytes, url }) {
  const [item, link, title, size] = ["li", "a", "span", "span"].map((tag) => document.createElement(tag));
  title.textContent = name;
  size.textContent = `${(bytes / 1e6).toFixed(1)} MB`;
  link.href = url;
  link.download = name;
  link.append(title, size);
  item.append(link);
  return item;
}

/** Follow an order to its end. @param openMixer whether to go to the mixer then */
function watch(id, view, openMixer) {
  const events = new EventSource(`/api/orders/${id}/events`);
  events.onmessage = ({ data }) => {
    const order = JSON.parse(data);
    view.show(order);
    if (!order.final) return;
    events.close();
    if (openMixer && order.mixer) location.assign(order.mixer);
  };
  events.onerror = () => {
    if (events.readyState !== EventSource.CLOSED) return view.setText(translate("app.reconnecting"));
    setTimeout(() => watch(id, view, openMixer), RECONNECT_MS);
  };
}

async function click(id, code, view) {
  const response = await fetch(`/api/orders/${id}/press?code=${encodeURIComponent(code)}`, { method: "POST" });
  const order = await response.json();
  if (!response.ok) return view.setText(order.text, true);
  const target = order.order === id ? view : addOrder(order);
  target.show(order);
  if (!order.final) watch(order.order, target, false);
}

/** Delete a song and all that was made of it; the list is loaded again, because a song may have several orders. */
async function deleteSong(id, view) {
  if (!window.confirm(translate("app.delete.confirm"))) return;
  const response = await fetch(`/api/orders/${id}`, { method: "DELETE" });
  const { text } = await response.json().catch(() => ({ text: translate("app.reconnecting") }));
  if (!response.ok) return view.setText(text, true);
  element("orders").replaceChildren();
  await loadOrders();
  element("notice").textContent = text;
}

function addOrder({ song }) {
  const view = new OrderView(song);
  element("orders").prepend(view.element);
  return view;
}

function uploadFile(file) {
  const view = addOrder({ song: file.name });
  view.element.scrollIntoView({ block: "nearest", behavior: "smooth" });
  if (file.size > Number(limitBytes)) return view.setText(tooBig, true);
  if (file.size === 0) return view.setText(translate("app.empty"), true);
  view.setText(translate("app.uploading"));
  view.setProgress(0, true);
  const outputs = document.querySelector("[name=want]:checked").value;
  const query = new URLSearchParams({ id: randomId(), name: file.name, want: `${outputs} ${element("format").value}` });
  if (uploadToken) query.set("send", uploadToken);
  const upload = new XMLHttpRequest(); // fetch reports no progress of uploads
  upload.open("POST", `/api/orders?${query}`);
  upload.setRequestHeader("Content-Type", "application/octet-stream");
  upload.upload.onprogress = ({ loaded, total }) => view.setProgress(loaded / total, true);
  upload.onload = () => onUploaded(upload, view, outputs === "stems");
  upload.onerror = () => onUploadFailed(view);
  view.cancel = () => {
    upload.abort();
    view.element.remove();
  };
  view.find("cancel").hidden = false;
  upload.send(file);
}

function onUploaded(upload, view, openMixer) {
  const order = JSON.parse(upload.responseText || "{}");
  view.find("cancel").hidden = true;
  view.setProgress(null);
  if (upload.status !== 201) return view.setText(order.text ?? translate("app.interrupted"), true);
  view.show({ ...order, song: order.song || view.find("song").textContent });
  if (!order.final) watch(order.order, view, openMixer);
  else if (openMixer && order.mixer) location.assign(order.mixer); // a song that was separated before
}

function onUploadFailed(view) {
  view.setProgress(null);
  view.find("cancel").hidden = true;
  view.setText(translate("app.interrupted"), true);
}

/** An id of an upload; `crypto.randomUUID` needs https, which a home network may not have. */
function randomId() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

async function loadOrders() {
  const response = await fetch("/api/orders");
  for (const order of (await response.json()).reverse()) {
    const view = addOrder(order);
    view.show(order);
    if (!order.final && order.state !== "draft") watch(order.order, view, false);
  }
}

/** Opened inside Telegram: also show the songs that were sent to the bot there. */
async function signInWithTelegram() {
  const initData = new URLSearchParams(location.hash.slice(1)).get("tgWebAppData");
  if (!initData) return;
  await fetch("/api/telegram", { method: "POST", body: initData }).catch(() => null); // the page works without it
}

const drop = element("drop");
element("file").addEventListener("change", ({ target }) => {
  for (const file of target.files) uploadFile(file);
  target.value = "";
});
document.addEventListener("dragover", (event) => {
  event.preventDefault();
  drop.classList.add("over");
});
document.addEventListener("dragleave", (event) => {
  if (!event.relatedTarget) drop.classList.remove("over");
});
document.addEventListener("drop", (event) => {
  event.preventDefault();
  drop.classList.remove("over");
  for (const file of event.dataTransfer.files) uploadFile(file);
});
if (hasOutputs) document.querySelector(".outputs").hidden = document.querySelector(".format").hidden = true;
if (!uploadToken) signInWithTelegram().then(loadOrders);
