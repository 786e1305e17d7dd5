// The mixer page: joins balance, engine, loader, lanes and loop.

import { Balance } from "./balance.js";
import { countIn } from "./beat.js";
import { Engine } from "./engine.js";
import { follow } from "./follow.js";
import { Giving } from "./giving.js";
import { recall, remember } from "./habits.js";
import { listen } from "./keys.js";
import { Lane, loudestOf } from "./lanes.js";
import { LinkGone, Loader } from "./loader.js";
import { Loop } from "./loop.js";
import { Picture, showCover } from "./picture.js";
import { Session } from "./session.js";
import { clock, say } from "./words.js";

const base = location.pathname.replace(/\/$/, "");
const part = (id) => document.getElementById(id);

class Mixer {
  constructor(manifest, peaks, engine) {
    Object.assign(this, { manifest, engine });
    this.rate = manifest.rate_hz;
    this.names = manifest.stems.map((stem) => stem.name);
    this.balance = new Balance(this.names, manifest.id);
    this.wantsPlay = false;
    this.loader = new Loader(manifest, base, {
      give: engine.give,
      drop: (stem, start) => engine.call("drop", stem, start),
      onTrouble: (error) => this.trouble(error),
    });
    this.lanes = this.#lanes();
    this.picture = new Picture((share) => this.seek(share));
    this.show(manifest, peaks);
    this.loop = new Loop(manifest.duration_s, { loop: (span) => this.setLoop(span), seek: (at) => this.seek(at) });
    this.tempo = { speed: 1, semitones: 0 };
    this.giving = new Giving(this, base);
    this.#controls();
    listen(this);
    this.session = new Session(this);
    this.#restore();
    this.refresh();
    this.#frame();
    this.look();
    setInterval(() => this.look(), 250);
  }

  #lanes() {
    const list = part("lanes");
    const ask = {
      change: (name, fact, value) => this.change(name, fact, value),
      seek: (share) => this.seek(share),
    };
    const lanes = this.manifest.stems.map((stem, at) => {
      const lane = new Lane(stem, at + 1, ask, `${base}/${stem.url}?download`);
      list.append(lane.element);
      return lane;
    });
    const redraw = () => lanes.forEach((lane) => lane.draw());
    new ResizeObserver(redraw).observe(list);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
    part("estimated-note").hidden = !this.manifest.stems.some((stem) => stem.estimated);
    return lanes;
  }

  /** Bring the page to what there is of the song: all of it, or what is separated so far. */
  show(manifest, peaks) {
    Object.assign(this, { manifest, peaks });
    this.loader.update(manifest);
    this.giving?.refresh();
    const loudest = loudestOf([...Object.values(peaks.stems), peaks.song ?? []]);
    this.manifest.stems.forEach(({ name }, at) => {
      this.lanes[at].outline(peaks.stems[name] ?? [], peaks.song ?? [], peaks.per_s * manifest.duration_s, loudest);
    });
    const ready = Math.min(...manifest.stems.map((stem) => stem.samples)) / manifest.samples;
    document.body.classList.toggle("live", manifest.live !== null);
    part("coming").textContent = manifest.live === null ? "" : say("live", { percent: Math.floor(100 * ready) });
    for (const link of document.querySelectorAll("a[download]")) link.toggleAttribute("inert", manifest.live !== null);
    part("save").disabled = manifest.live !== null;
    if (manifest.spectrogram) this.picture.show(manifest, base);
    if (manifest.cover) showCover(`${base}/${manifest.cover}`);
  }

  #controls() {
    part("play").addEventListener("click", () => this.toggle());
    part("position").max = this.manifest.duration_s.toFixed(2);
    part("position").addEventListener("input", (event) => this.seek(event.target.value / this.manifest.duration_s));
    part("duration").textContent = clock(this.manifest.duration_s);
    part("loop").addEventListener("click", () => this.loop.press(this.now()));
    part("count").addEventListener("click", () => this.setCount(!this.counts));
    this.setCount(recall("count") === "on");
    for (const preset of this.balance.presets()) {
      const chip = part("chip").content.firstElementChild.cloneNode(true);
      chip.dataset.preset = preset;
      chip.textContent = say(`preset.${preset}`);
      chip.addEventListener("click", () => {
        this.balance.apply(preset);
        this.refresh();
        chip.scrollIntoView({ block: "nearest", inline: "center" });
      });
      part("presets").append(chip);
    }
    for (const [id, fact, scale] of [["speed", "speed", 100], ["key", "semitones", 1]]) {
      const slider = part(id);
      slider.addEventListener("input", () => this.setTempo({ [fact]: Number(slider.value) / scale }));
      slider.addEventListener("dblclick", () => this.setTempo({ [fact]: fact === "speed" ? 1 : 0 }));
    }
    part("master").style.setProperty("--at", 1);
    part("master").addEventListener("input", (event) => {
      this.engine.master.gain.setTargetAtTime((event.target.value / 100) ** 2, this.engine.context.currentTime, 0.01);
      event.target.style.setProperty("--at", event.target.value / 100);
      part("master-shown").textContent = `${event.target.value} %`;
    });
  }

  /** What the address says goes before what this browser remembers. */
  #restore() {
    const asked = new URLSearchParams(location.hash.slice(1));
    if (asked.has("mix")) this.balance.decode(asked.get("mix"));
    else if (this.balance.presets().includes(asked.get("preset"))) this.balance.apply(asked.get("preset"));
    else this.balance.recall();
    if (asked.has("loop")) this.loop.restore(...asked.get("loop").split("-").map(Number));
    const [speed, semitones] = (asked.get("tempo") ?? "1:0").split(":").map(Number);
    if (speed >= 0.5 && speed <= 1.5 && Math.abs(semitones) <= 12) this.setTempo({ speed, semitones });
    if (asked.has("t")) this.seek(Number(asked.get("t")) / this.manifest.duration_s);
  }

  /** Seconds into the song. */
  now() {
    return Math.min(this.manifest.duration_s, this.engine.position() / this.rate);
  }

  look() {
    this.loader.look(this.engine.last.position, this.#span(), this.wantsPlay);
  }

  #span() {
    const span = this.loop?.span;
    return span && { from: Math.round(span.from * this.rate), to: Math.round(span.to * this.rate) };
  }

  setLoop(span) {
    this.engine.call("setLoop", this.#span());
    if (span && (this.now() > span.to || this.now() < span.from)) this.seek(span.from / this.manifest.duration_s);
    this.look();
  }

  setTempo(change) {
    Object.assign(this.tempo, change);
    const { speed, semitones } = this.tempo;
    this.engine.tempo(speed, semitones);
    this.giving.refresh();
    this.session?.place();
    part("speed").value = Math.round(speed * 100);
    part("speed").style.setProperty("--at", speed - 0.5);
    part("speed-shown").textContent = `${Math.round(speed * 100)} %`;
    part("key").value = semitones;
    part("key").style.setProperty("--at", (semitones + 12) / 24);
    part("key-shown").textContent = semitones > 0 ? `+${semitones}` : String(semitones).replace("-", "−");
  }

  change(name, fact, value) {
    this.balance.stems[name][fact] = value;
    this.refresh();
  }

  /** Bring sound and sight to how the balance stands. */
  refresh() {
    this.names.forEach((name, at) => {
      this.engine.call("gain", at, ...this.balance.gains(name));
      this.lanes[at].show(this.balance.stems[name], this.balance.heard(name));
    });
    for (const chip of part("presets").children) {
      chip.setAttribute("aria-pressed", String(this.balance.isPreset(chip.dataset.preset)));
    }
    this.picture.heard(this.names.map((name) => Math.max(...this.balance.gains(name))));
    this.balance.remember();
    this.giving.refresh();
  }

  /** Whether clicks are heard before the song begins. */
  setCount(counts) {
    this.counts = counts;
    part("count").setAttribute("aria-pressed", String(counts));
    remember("count", counts ? "on" : "off");
  }

  toggle() {
    if (this.wantsPlay) this.pause();
    else this.play();
  }

  async play() {
    this.wantsPlay = true;
    this.#button();
    this.look();
    if (this.counts) this.engine.countIn(countIn(this.peaks, this.#start()));
    await this.engine.play();
  }

  /** Seconds into the song at which it will begin to play. */
  #start() {
    return this.now() >= this.manifest.duration_s ? 0 : this.engine.last.position / this.rate;
  }

  pause() {
    this.wantsPlay = false;
    this.engine.pause();
    this.#button();
  }

  skip(seconds) {
    this.seek((this.now() + seconds) / this.manifest.duration_s);
  }

  seek(share) {
    const sample = Math.round(Math.max(0, Math.min(1, share || 0)) * this.manifest.samples);
    this.engine.last = { ...this.engine.last, position: sample, time: this.engine.context.currentTime };
    this.engine.call("seek", sample);
    this.session?.place();
    this.look();
  }

  trouble(error) {
    this.tell(say(error instanceof LinkGone ? "error.expired" : "error.network"));
  }

  tell(text) {
    const toast = part("toast");
    toast.textContent = text;
    toast.classList.add("shown");
    clearTimeout(this.toasting);
    this.toasting = setTimeout(() => toast.classList.remove("shown"), 4000);
  }

  /** Called by each report of the core. */
  heard({ playing, starving, count, levels }) {
    if (this.wantsPlay && !playing) this.wantsPlay = this.now() < this.manifest.duration_s - 0.05;
    this.#button(starving);
    part("counted").textContent = count || "";
    levels.forEach(({ peak }, at) => this.lanes[at].light(peak));
    this.levels = levels;
  }

  /** Bring the play button to what is wanted and what is. */
  #button(starving = false) {
    const state = `${this.wantsPlay} ${starving}`;
    if (state === this.shown) return;
    this.shown = state;
    const button = part("play");
    button.classList.toggle("playing", this.wantsPlay);
    button.classList.toggle("waiting", this.wantsPlay && starving);
    button.setAttribute("aria-label", say(this.wantsPlay ? "pause" : "play"));
    this.session?.show(this.wantsPlay);
  }

  #frame() {
    requestAnimationFrame(() => this.#frame());
    const now = this.now();
    if (now === this.drawn) return;
    this.drawn = now;
    for (const each of ["desk", "frame"]) part(each).style.setProperty("--at", now / this.manifest.duration_s);
    const slider = part("position");
    if (document.activeElement !== slider || this.wantsPlay) slider.value = now;
    slider.style.setProperty("--at", now / this.manifest.duration_s);
    slider.setAttribute("aria-valuetext", say("position.text", { at: clock(now), of: clock(this.manifest.duration_s) }));
    part("now").textContent = clock(now);
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
    onReport: (report) => mixer?.heard(report),
  });
  mixer = new Mixer(manifest, peaks, engine);
  document.body.classList.add("ready");
  if (manifest.live !== null) follow(mixer, json);
  window.stembot = {
    mixer,
    /** What leaves each stem's fader and the whole mixer, RMS with full scale 1. */
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
