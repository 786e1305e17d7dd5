// Polls a separation in progress until it is finished.

import { LinkGone } from "./loader.js";

const INTERVAL_MS = 2000; // the worker writes its index every few seconds
const INTERVAL_MAX_MS = 60_000; // doubled up to this while the server does not answer

/** @param json (name) → the parsed response of that address of this separation */
export async function pollLive(mixer, json) {
  let delay = INTERVAL_MS;
  for (let live = true; live; ) {
    await new Promise((resume) => setTimeout(resume, delay));
    try {
      const manifest = await json("manifest.json");
      mixer.show(manifest, await json("peaks.json"));
      mixer.prefetch();
      live = manifest.live !== null;
      delay = INTERVAL_MS;
    } catch (error) {
      mixer.showError(error);
      if (error instanceof LinkGone) return;
      delay = Math.min(INTERVAL_MAX_MS, 2 * delay);
    }
  }
}
