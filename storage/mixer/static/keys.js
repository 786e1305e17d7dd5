// What the keyboard, the headset and the lock screen do.

const STEP_S = 5; // an arrow key goes so far

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
  else if (event.key === "ArrowLeft" && !slider) mixer.skip(-STEP_S);
  else if (event.key === "ArrowRight" && !slider) mixer.skip(STEP_S);
  else if (event.key === "Home" && !slider) mixer.seek(0);
  else return false;
  return true;
}

/** The lock screen's and the headset's buttons, where the browser has them. */
export function offerSession(mixer) {
  const session = navigator.mediaSession;
  if (!session) return;
  const { title, artist, cover, duration_s: duration } = mixer.manifest;
  const artwork = cover ? [{ src: new URL(cover, `${location.origin}${location.pathname}/`).href }] : [];
  session.metadata = new MediaMetadata({ title, artist, artwork });
  session.setActionHandler("play", () => mixer.play());
  session.setActionHandler("pause", () => mixer.pause());
  session.setActionHandler("seekbackward", () => mixer.skip(-STEP_S));
  session.setActionHandler("seekforward", () => mixer.skip(STEP_S));
  session.setActionHandler("seekto", ({ seekTime }) => mixer.seek(seekTime / duration));
}
