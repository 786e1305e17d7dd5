// The spectrogram of the song, the mask of each stem over it, and both with the present gains.
//
//   spectrogram (grey)  ×  mask of a stem (grey)  ×  colour of that stem  =  the stem's part
//
// Nothing is fetched before it comes near the screen.

import { seekOnDrag } from "./tracks.js";
import { translate, stemName } from "./i18n.js";

const NEAR = "100px"; // distance from the screen at which the images are fetched
const FAINT = 16; // percent brightness of what a mask leaves out, so that the song stays visible

export class SpectrogramView {
  /** @param seek called with the share of the song at the pointer */
  constructor(seek) {
    Object.assign(this, { view: "heard", gains: [] });
    this.element = document.getElementById("spectrogram");
    this.canvas = this.element.querySelector("canvas");
    seekOnDrag(document.getElementById("frame"), seek);
  }

  /** Offer the images of a separation; once. */
  show(manifest, base) {
    if (!this.element.hidden) return;
    Object.assign(this, { manifest, base });
    this.element.hidden = false;
    const names = manifest.stems.filter((stem) => stem.mask).map((stem) => stem.name);
    for (const view of ["heard", "song", ...names]) this.#addChip(view);
    this.#selectView("heard");
    const observer = new IntersectionObserver((entries) => {
      if (!entries.some((each) => each.isIntersecting)) return;
      observer.disconnect();
      this.#fetch();
    }, { rootMargin: NEAR });
    observer.observe(this.element);
  }

  /** Set the gain of each stem. */
  setGains(gains) {
    const shown = gains.map((gain) => Math.min(1, gain));
    if (String(shown) === String(this.gains)) return;
    this.gains = shown;
    if (this.view === "heard") this.#draw();
  }

  #addChip(view) {
    const chip = document.getElementById("chip").content.firstElementChild.cloneNode(true);
    const stem = this.manifest.stems.some((each) => each.name === view);
    if (stem) chip.dataset.stem = view;
    chip.dataset.view = view;
    if (view !== "song") chip.append(document.createElement("i"));
    chip.append(stem ? stemName(view) : translate(`view.${view}`));
    chip.addEventListener("click", () => this.#selectView(view));
    document.getElementById("views").append(chip);
  }

  #selectView(view) {
    this.view = view;
    for (const chip of document.getElementById("views").children) {
      chip.setAttribute("aria-pressed", String(chip.dataset.view === view));
    }
    const key = ["heard", "song"].includes(view) ? view : "mask";
    document.getElementById("caption").textContent = translate(`caption.${key}`, { stem: stemName(view) });
    this.#draw();
  }

  async #fetch() {
    const { spectrogram, stems } = this.manifest;
    const masks = stems.map((stem) => stem.mask && this.#image(stem.mask));
    try {
      [this.song, ...this.masks] = await Promise.all([this.#image(spectrogram), ...masks]);
    } catch {
      this.element.hidden = true; // the song plays without it
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

  /** Add the masks of the shown stems in their colours, and multiply by the song. */
  #draw() {
    if (!this.colours) return;
    const { naturalWidth: width, naturalHeight: height } = this.song;
    if (this.canvas.width !== width) Object.assign(this.canvas, { width, height });
    const canvas2d = this.canvas.getContext("2d");
    const background = { heard: 0, song: 100 }[this.view] ?? FAINT;
    canvas2d.globalCompositeOperation = "source-over";
    canvas2d.fillStyle = `hsl(0 0% ${background}%)`;
    canvas2d.fillRect(0, 0, width, height);
    canvas2d.globalCompositeOperation = "lighter";
    this.manifest.stems.forEach((stem, at) => {
      canvas2d.globalAlpha = this.view === "heard" ? (this.gains[at] ?? 1) : Number(this.view === stem.name);
      if (this.colours[at]) canvas2d.drawImage(this.colours[at], 0, 0);
    });
    canvas2d.globalAlpha = 1;
    canvas2d.globalCompositeOperation = "multiply";
    canvas2d.drawImage(this.song, 0, 0);
  }
}

/** A grey mask in the colour of its stem. */
function tinted(mask, name) {
  const style = getComputedStyle(document.documentElement);
  const { naturalWidth: width, naturalHeight: height } = mask;
  const canvas = Object.assign(document.createElement("canvas"), { width, height });
  const canvas2d = canvas.getContext("2d");
  canvas2d.drawImage(mask, 0, 0);
  canvas2d.globalCompositeOperation = "multiply";
  canvas2d.fillStyle = style.getPropertyValue(`--on-dark-${name}`) || style.getPropertyValue("--on-dark-other");
  canvas2d.fillRect(0, 0, width, height);
  return canvas;
}

/** Show the song's cover once it is loaded. */
export function showCover(src) {
  const image = Object.assign(new Image(), { src, alt: "" });
  image.decode().then(() => document.querySelector(".art").replaceChildren(image), () => null);
}
