// Inside Telegram: its web views ignore `<a download>` and blobs, so the app itself is asked to fetch a file.

// What the app says of itself comes behind the `#` of the first address, which the page replaces later.
const launch = new URLSearchParams(location.hash.slice(1));
const version = launch.get("tgWebAppVersion");

/** Whether the page was opened as a Mini App. */
export const inTelegram = version !== null;

/** Whether the app can fetch files: since version 8.0 of Mini Apps. */
const fetchesFiles = inTelegram && Number.parseFloat(version) >= 8;

function post(eventType, eventData) {
  const data = JSON.stringify(eventData);
  if (window.TelegramWebviewProxy) window.TelegramWebviewProxy.postEvent(eventType, data);
  else if (window.external && "notify" in window.external) window.external.notify(JSON.stringify({ eventType, eventData }));
  else window.parent.postMessage(JSON.stringify({ eventType, eventData }), "https://web.telegram.org");
}

/** Open an address in the browser outside of Telegram, where everything can be saved. */
export function openOutside(url) {
  post("web_app_open_link", { url });
}

/** Save what lies at an address: by the app, in the browser outside of it, or as any page does. */
export function saveFrom(address) {
  const url = new URL(address, location.href);
  if (!inTelegram) return Object.assign(document.createElement("a"), { href: url.href, download: "" }).click();
  if (!fetchesFiles) return openOutside(url.href);
  post("web_app_request_file_download", { url: url.href, file_name: decodeURIComponent(url.pathname.split("/").pop()) });
}

if (inTelegram) {
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[download]");
    if (!link || link.protocol === "blob:") return;
    event.preventDefault();
    saveFrom(link.href);
  });
}
