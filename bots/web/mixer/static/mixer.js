// The mixer page: joins mix state, engine, loader, tracks and loop.

import { MixState } from "./mix_state.js";
import { planCountIn } from "./beats.js";
import { Engine } from "./engine.js";
import { pollLive } from "./live_poll.js";
import { Exporter } from "./export.js";
import { loadPreference, savePreference } from "./preferences.js";
import { handleKeys } from "./keys.js";
import { Track, maxPeak } from "./tracks.js";
import { LinkGone, Loader } from "./loader.js";
import { Loop } from "./loop.js";
import { SpectrogramView, showCover } from "./spectrogram.js";
import { Session } from "./session.js";
import { clock, translate } from "./i18n.js";

const base = location.pathname.replace(/\/$/, "");
const element = (id) => document.getElementById(id);

class Mixer {
  constructor(manifest, peaks, engine) {
    Object.assign(this, { manifest, engine });
    this.rate = manifest.rate_hz;
    this.names = manifest.stems.map((stem) => stem.name);
    this.mixState = new MixState(this.names, manifest.id);
    this.wantsPlay = false;
    this.loader = new Loader(manifest, base, {
      addSegment: engine.addSegment,
      dropSegment: (stem, start) => engine.call("drop", stem, start),
      onError: (error) => this.showError(error),
    });
    this.tracks = this.#tracks();
    this.spectrogram = new SpectrogramView((share) => this.seek(share));
    this.show(manifest, peaks);
    this.loop = new Loop(manifest.duration_s, { loop: (span) => this.setLoop(span), seek: (at) => this.seek(at) });
    this.tempo = { speed: 1, semitones: 0 };
    this.exporter = new Exporter(this, base);
    this.#controls();
    handleKeys(this, element("shortcuts"));
    this.session = new Session(this);
    this.#restore();
    this.refresh();
    this.#drawFrame();
    this.prefetch();
    setInterval(() => this.prefetch(), 250);
  }

  #tracks() {
    const list = element("tracks");
    const callbacks = {
      change: (name, field, value) => this.change(name, field, value),
      seek: (share) => this.seek(share),
    };
    const tracks = this.manifest.stems.map((stem, at) => {
      const track = new Track(stem, at + 1, callbacks, `${base}/${stem.url}?download`);
      list.append(track.element);
      return track;
    });
    const redraw = () => tracks.forEach((track) => track.draw());
    new ResizeObserver(redraw).observe(list);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
    element("estimated-note").hidden = !this.manifest.stems.some((stem) => stem.estimated);
    return tracks;
  }

  /** Update the page to what is separated so far. */
  show(manifest, peaks) {
    Object.assign(this, { manifest, peaks });
    this.loader.update(manifest);
    this.exporter?.refresh();
    const loudest = maxPeak([...Object.values(peaks.stems), peaks.song ?? []]);
    this.manifest.stems.forEach(({ name }, at) => {
      this.tracks[at].setPeaks(peaks.stems[name] ?? [], peaks.song ?? [], peaks.per_s * manifest.duration_s, loudest);
    });
    const ready = Math.min(...manifest.stems.map((stem) => stem.samples)) / manifest.samples;
    document.body.classList.toggle("live", manifest.live !== null);
    this.#showReady(manifest.live === null ? null : Math.floor(100 * ready));
    for (const link of document.querySelectorAll("a[download]")) link.toggleAttribute("inert", manifest.live !== null);
    element("save").disabled = manifest.live !== null;
    if (manifest.spectrogram) this.spectrogram.show(manifest, base);
    if (manifest.cover) showCover(`${base}/${manifest.cover}`);
  }

  /** How many percent of a separation in progress can be played; screen readers are told quarters. */
  #showReady(percent) {
    element("live-status").textContent = percent === null ? "" : translate("live", { percent });
    const quarter = percent === null ? 4 : Math.floor(percent / 25);
    if (quarter > (this.toldQuarter ?? 4)) element("live-spoken").textContent = translate("live", { percent: 25 * quarter });
    this.toldQuarter = quarter;
  }

  #controls() {
    element("play").addEventListener("click", () => this.toggle());
    element("position").max = this.manifest.duration_s.toFixed(2);
    element("position").addEventListener("input", (event) => this.seek(event.target.value / this.manifest.duration_s));
    element("duration").textContent = clock(this.manifest.duration_s);
    element("loop").addEventListener("click", () => this.loop.toggle(this.now()));
    element("count-in").addEventListener("click", () => this.setCountIn(!this.countsIn));
    this.setCountIn(loadPreference("count") === "on");
    for (const preset of this.mixState.presets()) {
      const chip = element("chip").content.firstElementChild.cloneNode(true);
      chip.dataset.preset = preset;
      chip.textContent = translate(`preset.${preset}`);
      chip.addEventListener("click", () => {
        this.mixState.apply(preset);
        this.refresh();
        chip.scrollIntoView({ block: "nearest", inline: "center" });
      });
      element("presets").append(chip);
    }
    for (const [id, field, scale] of [["speed", "speed", 100], ["key", "semitones", 1]]) {
      const slider = element(id);
      slider.addEventListener("input", () => this.setTempo({ [field]: Number(slider.value) / scale }));
      slider.addEventListener("dblclick", () => this.setTempo({ [field]: field === "speed" ? 1 : 0 }));
    }
    element("master").style.setProperty("--position", 1);
    element("master").addEventListener("input", (event) => {
      this.engine.master.gain.setTargetAtTime((event.target.value / 100) ** 2, this.engine.context.currentTime, 0.01);
      event.target.style.setProperty("--position", event.target.value / 100);
      element("master-shown").textContent = `${event.target.value} %`;
    });
  }

  /** What the address says takes precedence over what this browser remembers. */
  #restore() {
    const state = new URLSearchParams(location.hash.slice(1));
    if (state.has("mix")) this.mixState.decode(state.get("mix"));
    else if (this.mixState.presets().includes(state.get("preset"))) this.mixState.apply(state.get("preset"));
    else this.mixState.load();
    if (state.has("loop")) this.loop.restore(...state.get("loop").split("-").map(Number));
    const [speed, semitones] = (state.get("tempo") ?? "1:0").split(":").map(Number);
    if (speed >= 0.5 && speed <= 1.5 && Math.abs(semitones) <= 12) this.setTempo({ speed, semitones });
    if (state.has("t")) this.seek(Number(state.get("t")) / this.manifest.duration_s);
  }

  /** Seconds into the song. */
  now() {
    return Math.min(this.manifest.duration_s, this.engine.position() / this.rate);
  }

  prefetch() {
    this.loader.prefetch(this.engine.last.position, this.#span(), this.wantsPlay);
  }

  #span() {
    const span = this.loop?.span;
    return span && { from: Math.round(span.from * this.rate), to: Math.round(span.to * this.rate) };
  }

  setLoop(span) {
    this.engine.call("setLoop", this.#span());
    if (span && (this.now() > span.to || this.now() < span.from)) this.seek(span.from / this.manifest.duration_s);
    this.prefetch();
  }

  setTempo(change) {
    Object.assign(this.tempo, change);
    const { speed, semitones } = this.tempo;
    this.engine.tempo(speed, semitones);
    this.exporter.refresh();
    this.session?.updatePosition();
    element("speed").value = Math.round(speed * 100);
    element("speed").style.setProperty("--position", speed - 0.5);
    element("speed-shown").textContent = `${Math.round(speed * 100)} %`;
    element("key").value = semitones;
    element("key").style.setProperty("--position", (semitones + 12) / 24);
    element("key-shown").textContent = semitones > 0 ? `+${semitones}` : String(semitones).replace("-", "−");
  }

  change(name, field, value) {
    this.mixState.stems[name][field] = value;
    this.refresh();
  }

  /** Apply the mix state to sound and page. */
  refresh() {
    this.names.forEach((name, at) => {
      this.engine.call("gain", at, ...this.mixState.gains(name));
      this.tracks[at].show(this.mixState.stems[name], this.mixState.isAudible(name));
    });
    for (const chip of element("presets").children) {
      chip.setAttribute("aria-pressed", String(this.mixState.isPreset(chip.dataset.preset)));
    }
    this.spectrogram.setGains(this.names.map((name) => Math.max(...this.mixState.gains(name))));
    this.mixState.save();
    this.exporter.refresh();
  }

  /** Whether clicks are played before the song begins. */
  setCountIn(countsIn) {
    this.countsIn = countsIn;
    element("count-in").setAttribute("aria-pressed", String(countsIn));
    savePreference("count", countsIn ? "on" : "off");
  }

  toggle() {
    if (this.wantsPlay) this.pause();
    else this.play();
  }

  async play() {
    this.wantsPlay = true;
    this.#updatePlayButton();
    this.prefetch();
    if (this.countsIn) this.engine.countIn(planCountIn(this.peaks, this.#startPosition()));
    await this.engine.play();
  }

  /** Seconds into the song at which it will start. */
  #startPosition() {
    return this.now() >= this.manifest.duration_s ? 0 : this.engine.last.position / this.rate;
  }

  pause() {
    this.wantsPlay = false;
    this.engine.pause();
    this.#updatePlayButton();
  }

  skip(seconds) {
    this.seek((this.now() + seconds) / this.manifest.duration_s);
  }

  seek(share) {
    const sample = Math.round(Math.max(0, Math.min(1, share || 0)) * this.manifest.samples);
    this.engine.last = { ...this.engine.last, position: sample, time: this.engine.context.currentTime };
    this.engine.call("seek", sample);
    this.session?.updatePosition();
    this.prefetch();
  }

  showError(error) {
    this.showToast(translate(error instanceof LinkGone ? "error.expired" : "error.network"));
  }

  showToast(text) {
    const toast = element("toast");
    toast.textContent = text;
    toast.classList.add("shown");
    clearTimeout(this.toastTimer);
    this.toastTimer = setTimeout(() => toast.classList.remove("shown"), 4000);
  }

  /** Called by each report of the core. */
  onReport({ playing, buffering, count, levels }) {
    if (this.wantsPlay && !playing) this.wantsPlay = this.now() < this.manifest.duration_s - 0.05;
    this.#updatePlayButton(buffering);
    element("count-in-number").textContent = count || "";
    levels.forEach(({ peak }, at) => this.tracks[at].setLevel(peak));
    this.levels = levels;
  }

  /** Update the play button to what is wanted and what is. */
  #updatePlayButton(buffering = false) {
    const state = `${this.wantsPlay} ${buffering}`;
    if (state === this.shown) return;
    this.shown = state;
    const button = element("play");
    button.classList.toggle("playing", this.wantsPlay);
    button.classList.toggle("waiting", this.wantsPlay && buffering);
    button.setAttribute("aria-label", translate(this.wantsPlay ? "pause" : "play"));
    this.session?.setPlaying(this.wantsPlay);
  }

  #drawFrame() {
    requestAnimationFrame(() => this.#drawFrame());
    const now = this.now();
    if (now === this.drawn) return;
    this.drawn = now;
    for (const each of ["mix", "frame"]) element(each).style.setProperty("--position", now / this.manifest.duration_s);
    const slider = element("position");
    if (document.activeElement !== slider || this.wantsPlay) slider.value = now;
    slider.style.setProperty("--position", now / this.manifest.duration_s);
    slider.setAttribute("aria-valuetext", translate("position.text", { at: clock(now), of: clock(this.manifest.duration_s) }));
    element("now").textContent = clock(now);
  }
}

async function json(name) {
  const answer = await fetch(`${base}/${name}`);
  if ([403, 410].includes(answer.status)) throw new LinkGone();
  if (!answer.ok) throw new Error(`status ${answer.status}`);
  return answer.json();
}

async function open() {
  const [manifest, peaks] = await Promise.all([json("manifest.json"), json("peaks.json")]);
  let mixer = null;
  const engine = await Engine.open({
    stems: manifest.stems.length,
    samples: manifest.samples,
    rate: manifest.rate_hz,
    onReport: (report) => mixer?.onReport(report),
  });
  mixer = new Mixer(manifest, peaks, engine);
  document.body.classList.add("ready");
  if (manifest.live !== null) pollLive(mixer, json);
  window.stembot = {
    mixer,
    /** Level after each stem's fader and of the mix, RMS with full scale 1. */
    levels: () => ({
      master: engine.masterLevel(),
      stems: Object.fromEntries(mixer.names.map((name, at) => [name, mixer.levels?.[at]?.rms ?? 0])),
    }),
    state: () => ({ ...engine.last, now: mixer.now(), ready: mixer.loader.ready() }),
  };
}

open().catch((error) => {
  document.body.classList.add("failed");
  console.error(error);
});
