// Keyboard shortcuts, which the page lists (`about.keys`) and which can be switched off: anyone who dictates, or
// touches keys by accident, must not mute a stem with it (WCAG 2.1.4).

import { loadPreference, savePreference } from "./preferences.js";
import { STEP_S } from "./session.js";

/** @param toggle the checkbox that says whether they work */
export function handleKeys(mixer, toggle) {
  toggle.checked = loadPreference("keys") !== "off";
  toggle.addEventListener("change", () => savePreference("keys", toggle.checked ? "on" : "off"));
  document.addEventListener("keydown", (event) => {
    if (!toggle.checked || document.querySelector("dialog[open]")) return;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (handle(mixer, event)) event.preventDefault();
  });
}

/** Do what a key is for; false where it has no meaning here. */
function handle(mixer, event) {
  const slider = event.target instanceof HTMLInputElement;
  const stem = mixer.names[/^Digit([1-9])$/.exec(event.code)?.[1] - 1];
  if (event.code === "Space" && !event.target.closest("a, button, [type=checkbox]")) mixer.toggle();
  else if (stem) {
    const field = event.shiftKey ? "solo" : "mute";
    mixer.change(stem, field, !mixer.mixState.stems[stem][field]);
  } else if (event.code === "KeyL") mixer.loop.toggle(mixer.now());
  else if (event.code === "KeyC") mixer.setCountIn(!mixer.countsIn);
  else if (event.key === "ArrowLeft" && !slider) mixer.skip(-STEP_S);
  else if (event.key === "ArrowRight" && !slider) mixer.skip(STEP_S);
  else if (event.key === "Home" && !slider) mixer.seek(0);
  else return false;
  return true;
}
