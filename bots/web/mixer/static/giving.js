// What a person takes from the page: a link to just this mix, the mix as a file, files that are made for them.

import { LinkGone } from "./loader.js";
import { bounce, keep } from "./save.js";
import { say } from "./words.js";

const LOOK_MS = 1000; // between two questions how far a file is

export class Giving {
  /** @param base address of the separation */
  constructor(mixer, base) {
    Object.assign(this, { mixer, base, saving: null, busy: new Set() });
    this.part = (id) => document.getElementById(id);
    this.part("share").addEventListener("click", () => this.share());
    this.part("save").addEventListener("click", () => this.save());
    this.part("zip").href = `${base}/stems.zip`;
    this.part("mp3").addEventListener("click", () => this.file(this.part("mp3"), `${this.heard()}:mp3`));
    this.part("dj").addEventListener("click", () => this.file(this.part("dj"), "stems:stem.mp4"));
  }

  /** Offer what can be had of the balance and the song as they stand. */
  refresh() {
    const { manifest, names, balance, tempo } = this.mixer;
    const makes = manifest.offers_files && manifest.live === null;
    const four = ["vocals", "drums", "bass", "other"].every((stem) => names.includes(stem));
    const plain = balance.isPlain() && tempo.speed === 1 && !tempo.semitones;
    this.part("dj").hidden = !(makes && four);
    this.part("mp3").hidden = !(makes && plain && this.heard());
  }

  /** The stems that are heard, as a mix is called: `drums+bass`. */
  heard() {
    return this.mixer.names.filter((name) => this.mixer.balance.heard(name)).join("+");
  }

  /** The address that opens with exactly this balance, loop, speed and key. */
  address() {
    const { balance, loop, tempo } = this.mixer;
    const state = new URLSearchParams();
    const mix = balance.encode();
    if (mix) state.set("mix", mix);
    if (loop.span) state.set("loop", `${loop.span.from.toFixed(2)}-${loop.span.to.toFixed(2)}`);
    if (tempo.speed !== 1 || tempo.semitones) state.set("tempo", `${tempo.speed}:${tempo.semitones}`);
    return `${location.origin}${this.base}${state.size ? `#${state}` : ""}`;
  }

  async share() {
    const url = this.address();
    try {
      if (navigator.share) await navigator.share({ title: this.mixer.manifest.title, url });
      else await navigator.clipboard.writeText(url);
      this.mixer.tell(say(navigator.share ? "share.done" : "share.copied"));
    } catch (error) {
      if (error.name !== "AbortError") window.prompt(say("share.copy"), url);
    }
  }

  /** The whole song as the faders, speed and key stand now, as a file. */
  async save() {
    const { mixer } = this;
    const button = this.part("save");
    if (this.saving) return this.saving.abort();
    this.saving = new AbortController();
    try {
      const gains = mixer.names.map((name) => mixer.balance.gains(name));
      const sound = await bounce(mixer.loader, { gains, ...mixer.tempo }, this.saving.signal, (share) => {
        button.textContent = say("save.busy", { percent: Math.round(100 * share) });
      });
      keep(sound, `${mixer.manifest.title} (mix).wav`);
    } catch (error) {
      if (error.name !== "AbortError") mixer.trouble(error);
    }
    this.saving = null;
    button.textContent = say("save.mix");
  }

  /** Have a file made where the song was taken apart, and take it when it is there. */
  async file(chip, wish) {
    if (this.busy.has(wish)) return;
    this.busy.add(wish);
    chip.setAttribute("aria-busy", "true");
    try {
      const url = await this.#made(`${this.base}/files/${wish}`);
      if (url) Object.assign(document.createElement("a"), { href: url, download: "" }).click();
    } catch (error) {
      this.mixer.trouble(error);
    }
    this.busy.delete(wish);
    chip.removeAttribute("aria-busy");
  }

  /** The address of a file once it is made; empty where it was refused, which the person is told. */
  async #made(address) {
    for (let first = true; ; first = false) {
      const answer = await fetch(address, { method: "POST" });
      if ([403, 404, 410].includes(answer.status)) throw new LinkGone();
      const facts = await answer.json();
      if (facts.url) return `${address}?download`;
      if (facts.final) {
        this.mixer.tell(facts.text);
        return "";
      }
      if (first) this.mixer.tell(say("save.making"));
      await new Promise((resume) => setTimeout(resume, LOOK_MS));
    }
  }
}
