// The room's page: sends a song, watches its order, opens the mixer. All sentences come from the server.

const table = JSON.parse(document.getElementById("translations").textContent);
const say = (key) => table[key] ?? key;
const part = (id) => document.getElementById(id);
const limitBytes = Number(document.body.dataset.limit);
const RETRY_MS = 2000;
const chat = document.body.dataset.send; // a link from a chat: the song is sent here, the answer comes there

/** One order as a card in the list. */
class Card {
  constructor(song) {
    this.element = part("order").content.firstElementChild.cloneNode(true);
    this.find = (name) => this.element.querySelector(`[data-part="${name}"]`);
    this.find("song").textContent = song;
    this.find("cancel").addEventListener("click", () => this.cancel?.());
    this.find("delete").addEventListener("click", () => this.forget?.());
    part("mine").hidden = false;
  }

  tell(text, trouble = false) {
    // A status message's first line names song and wish, for chats; here the card's head does.
    const lines = text.split("\n");
    this.find("text").textContent = (lines.length > 1 && lines[0].includes(this.find("song").textContent)
      ? lines.slice(1) : lines).join("\n");
    this.element.classList.toggle("trouble", trouble);
  }

  progress(share, sending = false) {
    const bar = this.find("bar");
    bar.hidden = share === null;
    bar.classList.toggle("sending", sending);
    bar.style.setProperty("--share", share ?? 0);
    bar.setAttribute("aria-valuenow", Math.round(100 * (share ?? 0)));
    bar.setAttribute("aria-label", this.find("song").textContent);
  }

  /** Show an order as the server tells it. */
  show(facts) {
    this.find("song").textContent = facts.song;
    this.tell(facts.text, facts.final && !facts.mixer && !["cancelled", "sent"].includes(facts.state));
    this.progress(facts.final ? null : facts.share);
    const cancel = facts.buttons.find((button) => button.code.startsWith("cancel:"));
    this.find("cancel").hidden = !cancel;
    this.cancel = () => press(facts.order, cancel.code, this);
    this.find("preview").hidden = !facts.preview;
    if (facts.preview) this.find("preview").href = facts.preview;
    const mixer = facts.mixer || facts.live; // what is separated so far can be played already
    this.find("mixer").hidden = !mixer;
    if (mixer) this.find("mixer").href = mixer;
    this.find("delete").hidden = !facts.final;
    this.forget = () => forget(facts.order, this);
    this.find("buttons").replaceChildren(
      ...facts.buttons.filter((button) => button.code.startsWith("wish:")).map((button) => this.#choice(facts, button)),
    );
    this.find("files").replaceChildren(...facts.files.map(download));
  }

  #choice(facts, { label, code }) {
    const chip = document.createElement("button");
    chip.type = "button";
    chip.className = "chip";
    chip.textContent = label;
    chip.addEventListener("click", () => press(facts.order, code, this));
    return chip;
  }
}

function download({ name, size_bytes: bytes, url }) {
  const [item, link, title, size] = ["li", "a", "span", "span"].map((tag) => document.createElement(tag));
  title.textContent = name;
  size.textContent = `${(bytes / 1e6).toFixed(1)} MB`;
  link.href = url;
  link.download = name;
  link.append(title, size);
  item.append(link);
  return item;
}

/** Follow an order to its end. @param land whether to go to the mixer then */
function watch(order, card, land) {
  const events = new EventSource(`/api/orders/${order}/events`);
  events.onmessage = ({ data }) => {
    const facts = JSON.parse(data);
    card.show(facts);
    if (!facts.final) return;
    events.close();
    if (land && facts.mixer) location.assign(facts.mixer);
  };
  events.onerror = () => {
    if (events.readyState !== EventSource.CLOSED) return card.tell(say("app.reconnecting"));
    setTimeout(() => watch(order, card, land), RETRY_MS);
  };
}

async function press(order, code, card) {
  const answer = await fetch(`/api/orders/${order}/press?code=${encodeURIComponent(code)}`, { method: "POST" });
  const facts = await answer.json();
  if (!answer.ok) return card.tell(facts.text, true);
  const shown = facts.order === order ? card : add(facts);
  shown.show(facts);
  if (!facts.final) watch(facts.order, shown, false);
}

/** Have a song deleted, with everything that was made of it; the list is read anew: one song may be several cards. */
async function forget(order, card) {
  if (!window.confirm(say("app.delete.confirm"))) return;
  const answer = await fetch(`/api/orders/${order}`, { method: "DELETE" });
  const facts = await answer.json().catch(() => ({ text: say("app.reconnecting") }));
  if (!answer.ok) return card.tell(facts.text, true);
  part("orders").replaceChildren();
  await mine();
  part("told").textContent = facts.text;
}

function add(facts) {
  const card = new Card(facts.song);
  part("orders").prepend(card.element);
  return card;
}

function send(file) {
  const card = add({ song: file.name });
  card.element.scrollIntoView({ block: "nearest", behavior: "smooth" });
  if (file.size > limitBytes) return card.tell(document.body.dataset.tooBig, true);
  if (file.size === 0) return card.tell(say("app.empty"), true);
  card.tell(say("app.uploading"));
  card.progress(0, true);
  const want = document.querySelector("[name=want]:checked").value;
  const facts = new URLSearchParams({ id: identity(), name: file.name, want: `${want} ${part("format").value}` });
  if (chat) facts.set("send", chat);
  const upload = new XMLHttpRequest(); // fetch tells no progress of what it sends
  upload.open("POST", `/api/orders?${facts}`);
  upload.setRequestHeader("Content-Type", "application/octet-stream");
  upload.upload.onprogress = ({ loaded, total }) => card.progress(loaded / total, true);
  upload.onload = () => taken(upload, card, want === "stems");
  upload.onerror = () => failed(card);
  card.cancel = () => {
    upload.abort();
    card.element.remove();
  };
  card.find("cancel").hidden = false;
  upload.send(file);
}

function taken(upload, card, land) {
  const facts = JSON.parse(upload.responseText || "{}");
  card.find("cancel").hidden = true;
  card.progress(null);
  if (upload.status !== 201) return card.tell(facts.text ?? say("app.interrupted"), true);
  card.show({ ...facts, song: facts.song || card.find("song").textContent });
  if (!facts.final) watch(facts.order, card, land);
  else if (land && facts.mixer) location.assign(facts.mixer); // a song that is known already
}

function failed(card) {
  card.progress(null);
  card.find("cancel").hidden = true;
  card.tell(say("app.interrupted"), true);
}

/** A name for this upload; `crypto.randomUUID` needs https, which a home network has not. */
function identity() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

async function mine() {
  const answer = await fetch("/api/orders");
  for (const facts of (await answer.json()).reverse()) {
    const card = add(facts);
    card.show(facts);
    if (!facts.final && facts.state !== "draft") watch(facts.order, card, false);
  }
}

/** Opened inside Telegram: show the songs that were sent to the bot there, too. */
async function telegram() {
  const signed = new URLSearchParams(location.hash.slice(1)).get("tgWebAppData");
  if (!signed) return;
  await fetch("/api/telegram", { method: "POST", body: signed }).catch(() => null); // without it the page works as ever
}

const drop = part("drop");
part("file").addEventListener("change", ({ target }) => {
  for (const file of target.files) send(file);
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
  for (const file of event.dataTransfer.files) send(file);
});
if (document.body.dataset.wished) document.querySelector(".wish").hidden = document.querySelector(".format").hidden = true;
if (!chat) telegram().then(mine);
