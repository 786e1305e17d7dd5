// The song as a picture: its spectrogram, the mask of each stem over it, and both as the faders stand now.
//
//   spectrogram (grey)  ×  mask of a stem (grey)  ×  colour of that stem  =  what that stem got
//
// Nothing is fetched before the picture comes near the screen.

import { seekBy } from "./lanes.js";
import { say, stemName } from "./words.js";

const NEAR = "300px"; // how far off the screen the picture may be when its parts are fetched
const FAINT = 0.16; // light of what a mask leaves out, so that one sees what it was taken from

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
    const { picture, stems } = this.manifest;
    const masks = stems.map((stem) => stem.mask && this.#shades(stem.mask));
    try {
      [this.song, ...this.masks] = await Promise.all([this.#shades(picture), ...masks]);
      this.#draw();
    } catch {
      this.element.hidden = true; // the sound plays without it
    }
  }

  /** A grey picture's pixels, 0 … 1. */
  async #shades(url) {
    const image = new Image();
    image.src = `${this.base}/${url}`;
    await image.decode();
    const { naturalWidth: width, naturalHeight: height } = image;
    Object.assign(this.canvas, { width, height });
    const pen = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
    pen.drawImage(image, 0, 0);
    const { data } = pen.getImageData(0, 0, width, height);
    return Float32Array.from({ length: width * height }, (_, k) => data[4 * k] / 255);
  }

  #draw() {
    if (!this.song) return;
    const pen = this.canvas.getContext("2d");
    const drawn = pen.createImageData(this.canvas.width, this.canvas.height);
    const layers = this.manifest.stems.map((stem, at) => ({
      mask: this.masks[at],
      colour: colourOf(stem.name),
      light: this.view === "heard" ? this.gains[at] : Number(this.view === stem.name),
    })).filter(({ mask }) => mask);
    paint(drawn.data, this.song, layers, this.view);
    pen.putImageData(drawn, 0, 0);
  }
}

/** Fill pixels: the song's light, in each layer's colour by its share. */
function paint(pixels, song, layers, view) {
  const ground = view === "heard" ? 0 : view === "song" ? 1 : FAINT;
  for (let k = 0; k < song.length; k += 1) {
    const light = song[k];
    let [red, green, blue] = [ground, ground, ground];
    for (const { mask, colour, light: lit } of layers) {
      const share = mask[k] * lit;
      red += share * colour[0];
      green += share * colour[1];
      blue += share * colour[2];
    }
    pixels[4 * k] = 255 * light * red;
    pixels[4 * k + 1] = 255 * light * green;
    pixels[4 * k + 2] = 255 * light * blue;
    pixels[4 * k + 3] = 255;
  }
}

/** [red, green, blue] of a stem, 0 … 1. */
function colourOf(name) {
  const style = getComputedStyle(document.documentElement);
  const value = style.getPropertyValue(`--lit-${name}`) || style.getPropertyValue("--lit-other");
  return [1, 3, 5].map((at) => parseInt(value.trim().slice(at, at + 2), 16) / 255);
}
