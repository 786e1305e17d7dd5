// The lock screen, the headset's buttons, and a phone's ringer switch.
//
// Browsers give lock screen and headset to a page that plays a media element, and Web Audio is none. So
// some seconds of silence are looped beside it while the song plays. Safari also mutes Web Audio, but
// no media element, while the phone is set to be silent.

export const STEP_S = 5; // of an arrow key and of the headset's buttons

export class Session {
  constructor(mixer) {
    this.mixer = mixer;
    if (navigator.audioSession) navigator.audioSession.type = "playback"; // Safari since 16.4
    this.silence = new Audio("static/silence.flac");
    this.silence.loop = true;
    this.silence.preload = "none";
    this.session = navigator.mediaSession ?? null;
    if (this.session) this.#setUp();
  }

  #setUp() {
    const { mixer, session } = this;
    const { title, artist, cover, duration_s: duration } = mixer.manifest;
    const artwork = cover ? [{ src: new URL(cover, `${location.origin}${location.pathname}/`).href }] : [];
    session.metadata = new MediaMetadata({ title, artist, artwork });
    session.setActionHandler("play", () => mixer.play());
    session.setActionHandler("pause", () => mixer.pause());
    session.setActionHandler("seekbackward", () => mixer.skip(-STEP_S));
    session.setActionHandler("seekforward", () => mixer.skip(STEP_S));
    session.setActionHandler("seekto", ({ seekTime }) => mixer.seek(seekTime / duration));
  }

  /** Set whether it plays. */
  setPlaying(playing) {
    if (playing) this.silence.play().catch(() => null); // the song plays without it, too
    else this.silence.pause();
    if (this.session) this.session.playbackState = playing ? "playing" : "paused";
    this.updatePosition();
  }

  /** Set the position: the lock screen counts on by itself. */
  updatePosition() {
    const { manifest, tempo } = this.mixer;
    this.session?.setPositionState?.({
      duration: manifest.duration_s,
      playbackRate: tempo.speed,
      position: Math.max(0, Math.min(manifest.duration_s, this.mixer.now())),
    });
  }
}
