// Polls a separation in progress until it is finished.

import { LinkGone } from "./loader.js";

const INTERVAL_MS = 2000; // the worker writes its index every few seconds

/** @param json (name) → the parsed response of that address of this separation */
export async function pollLive(mixer, json) {
  for (let live = true; live; ) {
    await new Promise((resume) => setTimeout(resume, INTERVAL_MS));
    try {
      const manifest = await json("manifest.json");
      mixer.show(manifest, await json("peaks.json"));
      mixer.prefetch();
      live = manifest.live !== null;
    } catch (error) {
      mixer.showError(error);
      if (error instanceof LinkGone) return;
    }
  }
}
