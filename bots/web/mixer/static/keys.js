// What the keyboard does; the page says so in a sentence (`about.keys`).

import { STEP_S } from "./session.js";

export function listen(mixer) {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (answer(mixer, event)) event.preventDefault();
  });
}

/** Do what a key asks; false where it asks nothing of us. */
function answer(mixer, event) {
  const slider = event.target instanceof HTMLInputElement;
  const stem = mixer.names[/^Digit([1-9])$/.exec(event.code)?.[1] - 1];
  if (event.code === "Space" && !event.target.closest("a, button")) mixer.toggle();
  else if (stem) {
    const fact = event.shiftKey ? "solo" : "mute";
    mixer.change(stem, fact, !mixer.balance.stems[stem][fact]);
  } else if (event.code === "KeyL") mixer.loop.press(mixer.now());
  else if (event.code === "KeyC") mixer.setCount(!mixer.counts);
  else if (event.key === "ArrowLeft" && !slider) mixer.skip(-STEP_S);
  else if (event.key === "ArrowRight" && !slider) mixer.skip(STEP_S);
  else if (event.key === "Home" && !slider) mixer.seek(0);
  else return false;
  return true;
}
