// Exports: a link to this mix, the mix as a WAV file, and files that a worker makes.

import { showAddress } from "./dialog.js";
import { bounce, download } from "./bounce.js";
import { translate } from "./i18n.js";
import { LinkGone } from "./loader.js";
import { inTelegram, openOutside, saveFrom } from "./telegram.js";

const POLL_MS = 1000; // between two requests for the status of a file

export class Exporter {
  /** @param base address of the separation */
  constructor(mixer, base) {
    Object.assign(this, { mixer, base, bouncing: null, pending: new Set() });
    this.element = (id) => document.getElementById(id);
    this.element("share").addEventListener("click", () => this.share());
    this.element("save").addEventListener("click", () => this.save());
    this.element("zip").href = `${base}/stems.zip`;
    this.element("mp3").addEventListener("click", () => this.file(this.element("mp3"), `${this.audibleStems()}:mp3`));
    this.element("dj").addEventListener("click", () => this.file(this.element("dj"), "stems:stem.mp4"));
  }

  /** Offer what can be exported of the present mix and the song. */
  refresh() {
    const { manifest, names, mixState, tempo } = this.mixer;
    const offersFiles = manifest.offers_files && manifest.live === null;
    const hasFourStems = ["vocals", "drums", "bass", "other"].every((stem) => names.includes(stem));
    const isPlain = mixState.isPlain() && tempo.speed === 1 && !tempo.semitones;
    this.element("dj").hidden = !(offersFiles && hasFourStems);
    this.element("mp3").hidden = !(offersFiles && isPlain && this.audibleStems());
  }

  /** The audible stems, as outputs are named: `drums+bass`. */
  audibleStems() {
    return this.mixer.names.filter((name) => this.mixer.mixState.isAudible(name)).join("+");
  }

  /** The address that opens with exactly this mix, loop, speed and key. */
  address() {
    const { mixState, loop, tempo } = this.mixer;
    const state = new URLSearchParams();
    const mix = mixState.encode();
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
      this.mixer.showToast(translate(navigator.share ? "share.done" : "share.copied"));
    } catch (error) {
      if (error.name !== "AbortError") showAddress(translate("share.copy"), url);
    }
  }

  /** Save the song with the present faders, speed and key as a WAV file. */
  async save() {
    if (inTelegram) return openOutside(this.address()); // a blob cannot be saved there; a browser opens the same mix
    const { mixer } = this;
    const button = this.element("save");
    if (this.bouncing) return this.bouncing.abort();
    this.bouncing = new AbortController();
    try {
      const gains = mixer.names.map((name) => mixer.mixState.gains(name));
      const sound = await bounce(mixer.loader, { gains, ...mixer.tempo }, this.bouncing.signal, (share) => {
        button.textContent = translate("save.pending", { percent: Math.round(100 * share) });
      });
      download(sound, `${mixer.manifest.title} (mix).wav`);
    } catch (error) {
      if (error.name !== "AbortError") mixer.showError(error);
    }
    this.bouncing = null;
    button.textContent = translate("save.mix");
  }

  /** Have a worker make a file, and download it when it is ready. */
  async file(button, outputs) {
    if (this.pending.has(outputs)) return;
    this.pending.add(outputs);
    button.setAttribute("aria-busy", "true");
    try {
      const url = await this.#waitForFile(`${this.base}/files/${outputs}`);
      if (url) saveFrom(url);
    } catch (error) {
      this.mixer.showError(error);
    }
    this.pending.delete(outputs);
    button.removeAttribute("aria-busy");
  }

  /** The address of a file once it is ready; empty where it was refused, which a toast tells. */
  async #waitForFile(address) {
    for (let first = true; ; first = false) {
      const answer = await fetch(address, { method: "POST" });
      if ([403, 404, 410].includes(answer.status)) throw new LinkGone();
      const facts = await answer.json();
      if (facts.url) return `${address}?download`;
      if (facts.final) {
        this.mixer.showToast(facts.text);
        return "";
      }
      if (first) this.mixer.showToast(translate("save.making"));
      await new Promise((resume) => setTimeout(resume, POLL_MS));
    }
  }
}
