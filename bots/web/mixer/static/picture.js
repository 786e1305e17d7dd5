// The song as a picture: its spectrogram, the mask of each stem over it, and both as the faders stand now.
//
//   spectrogram (grey)  ×  mask of a stem (grey)  ×  colour of that stem  =  what that stem got
//
// Nothing is fetched before the picture comes near the screen.

import { seekBy } from "./lanes.js";
import { say, stemName } from "./words.js";

const NEAR = "100px"; // how far off the screen the picture may be when its parts are fetched
const FAINT = 16; // percent of light of what a mask leaves out, so that one sees what it was taken from

export class Picture {
  /** @param seek called with the share of the song that was touched */
  constructor(seek) {
    Object.assign(this, { view: "heard", gains: [] });
    this.element = document.getElementById("picture");
    this.canvas = this.element.querySelector("canvas");
    seekBy(document.getElementById("frame"), seek);
  }

  /** Offer the pictures of a separation; once. */
  show(manifest, base) {
    if (!this.element.hidden) return;
    Object.assign(this, { manifest, base });
    this.element.hidden = false;
    const names = manifest.stems.filter((stem) => stem.mask).map((stem) => stem.name);
    for (const view of ["heard", "song", ...names]) this.#offer(view);
    this.#choose("heard");
    const sight = new IntersectionObserver((seen) => {
      if (!seen.some((each) => each.isIntersecting)) return;
      sight.disconnect();
      this.#fetch();
    }, { rootMargin: NEAR });
    sight.observe(this.element);
  }

  /** What the faders let through: a gain for each stem. */
  heard(gains) {
    const shown = gains.map((gain) => Math.min(1, gain));
    if (String(shown) === String(this.gains)) return;
    this.gains = shown;
    if (this.view === "heard") this.#draw();
  }

  #offer(view) {
    const chip = document.getElementById("chip").content.firstElementChild.cloneNode(true);
    const stem = this.manifest.stems.some((each) => each.name === view);
    if (stem) chip.dataset.stem = view;
    chip.dataset.view = view;
    if (view !== "song") chip.append(document.createElement("i"));
    chip.append(stem ? stemName(view) : say(`view.${view}`));
    chip.addEventListener("click", () => this.#choose(view));
    document.getElementById("views").append(chip);
  }

  #choose(view) {
    this.view = view;
    for (const chip of document.getElementById("views").children) {
      chip.setAttribute("aria-pressed", String(chip.dataset.view === view));
    }
    const key = ["heard", "song"].includes(view) ? view : "mask";
    document.getElementById("caption").textContent = say(`caption.${key}`, { stem: stemName(view) });
    this.#draw();
  }

  async #fetch() {
    const { spectrogram, stems } = this.manifest;
    const masks = stems.map((stem) => stem.mask && this.#image(stem.mask));
    try {
      [this.song, ...this.masks] = await Promise.all([this.#image(spectrogram), ...masks]);
    } catch {
      this.element.hidden = true; // the sound plays without it
      return;
    }
    this.colours = this.masks.map((mask, at) => mask && tinted(mask, stems[at].name));
    this.#draw();
  }

  async #image(url) {
    const image = new Image();
    image.src = `${this.base}/${url}`;
    await image.decode();
    return image;
  }

  /** Light of all stems that are shown, in their colours, seen through the song. */
  #draw() {
    if (!this.colours) return;
    const { naturalWidth: width, naturalHeight: height } = this.song;
    if (this.canvas.width !== width) Object.assign(this.canvas, { width, height });
    const pen = this.canvas.getContext("2d");
    const ground = { heard: 0, song: 100 }[this.view] ?? FAINT;
    pen.globalCompositeOperation = "source-over";
    pen.fillStyle = `hsl(0 0% ${ground}%)`;
    pen.fillRect(0, 0, width, height);
    pen.globalCompositeOperation = "lighter";
    this.manifest.stems.forEach((stem, at) => {
      pen.globalAlpha = this.view === "heard" ? (this.gains[at] ?? 1) : Number(this.view === stem.name);
      if (this.colours[at]) pen.drawImage(this.colours[at], 0, 0);
    });
    pen.globalAlpha = 1;
    pen.globalCompositeOperation = "multiply";
    pen.drawImage(this.song, 0, 0);
  }
}

/** A grey mask in the colour of its stem. */
function tinted(mask, name) {
  const style = getComputedStyle(document.documentElement);
  const { naturalWidth: width, naturalHeight: height } = mask;
  const canvas = Object.assign(document.createElement("canvas"), { width, height });
  const pen = canvas.getContext("2d");
  pen.drawImage(mask, 0, 0);
  pen.globalCompositeOperation = "multiply";
  pen.fillStyle = style.getPropertyValue(`--lit-${name}`) || style.getPropertyValue("--lit-other");
  pen.fillRect(0, 0, width, height);
  return canvas;
}

/** The song's own picture in place of ours, once it is there. */
export function showCover(src) {
  const image = Object.assign(new Image(), { src, alt: "" });
  image.decode().then(() => document.querySelector(".art").replaceChildren(image), () => null);
}
