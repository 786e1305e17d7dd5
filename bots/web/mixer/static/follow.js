// A song that is still being separated: looks again and again until it is whole.

import { LinkGone } from "./loader.js";

const EVERY_MS = 2000; // the worker writes its index every few seconds

/** @param json (name) → the parsed answer of that address of this separation */
export async function follow(mixer, json) {
  for (let live = true; live; ) {
    await new Promise((resume) => setTimeout(resume, EVERY_MS));
    try {
      const manifest = await json("manifest.json");
      mixer.show(manifest, await json("peaks.json"));
      mixer.look();
      live = manifest.live !== null;
    } catch (error) {
      mixer.trouble(error);
      if (error instanceof LinkGone) return;
    }
  }
}
