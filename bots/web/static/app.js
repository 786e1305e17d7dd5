// The upload page: takes songs, follows them, opens the mixer. All sentences come from the server.

import { OrderList } from "./order_list.js";
import { Uploads } from "./uploads.js";

const element = (id) => document.getElementById(id);
const { uploadToken, hasOutputs } = document.body.dataset; // uploadToken: of a chat's upload link

const list = new OrderList();
const opening = new Set(); // numbers of the songs whose mixer opens when they are finished
const uploads = new Uploads(list, (order, openMixer) => openMixer && opening.add(order.order));

list.onFinal = (order) => {
  if (!opening.delete(order.order) || !order.mixer) return;
  if (uploads.idle && opening.size === 0) location.assign(order.mixer); // nobody is taken away from other songs
};

/** Opened inside Telegram: also show the songs that were sent to the bot there. */
async function signInWithTelegram() {
  const initData = new URLSearchParams(location.hash.slice(1)).get("tgWebAppData");
  if (!initData) return;
  await fetch("/api/telegram", { method: "POST", body: initData }).catch(() => null); // the page works without it
}

const drop = element("drop");
element("file").multiple = !uploadToken; // a chat's link takes one song
element("file").addEventListener("change", ({ target }) => {
  for (const file of [...target.files]) uploads.add(file);
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
  uploads.drop(event.dataTransfer);
});
if (hasOutputs) document.querySelector(".outputs").hidden = document.querySelector(".format").hidden = true;
if (!uploadToken) signInWithTelegram().then(() => list.follow());
