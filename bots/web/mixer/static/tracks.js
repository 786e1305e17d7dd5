// One track for each stem: waveform, solo, mute, volume, pan, download. Draws and reports; decides nothing.

import { LOUDEST_DB, SILENT_DB } from "./mix_state.js";
import { decibels, translate, stemName } from "./i18n.js";

const BAR = 3; // CSS pixels from one bar of the waveform to the next; two are drawn
const METER_FLOOR_DB = -54; // the meter's lowest level

/** Let a pointer seek on an element that shows the complete song from left to right. */
export function seekOnDrag(element, seek) {
  const at = (event) => {
    const box = element.getBoundingClientRect();
    seek((event.clientX - box.left) / box.width);
  };
  element.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    at(event);
    element.setPointerCapture(event.pointerId);
  });
  element.addEventListener("pointermove", (event) => {
    if (element.hasPointerCapture(event.pointerId)) at(event);
  });
}

/** The highest of all peaks, so that stems are drawn to one scale. */
export function maxPeak(waveforms) {
  return Math.max(1, ...waveforms.map((each) => each.reduce((a, b) => Math.max(a, b), 0)));
}

export class Track {
  /** @param callbacks {change(name, part, value), seek(share)} */
  constructor(stem, number, callbacks, href) {
    Object.assign(this, { stem, callbacks, peaks: [], song: [], length: 1, loudest: 1 });
    const template = document.getElementById("track");
    this.element = template.content.firstElementChild.cloneNode(true);
    this.element.dataset.stem = stem.name;
    this.find = (part) => this.element.querySelector(`[data-part="${part}"]`);
    const name = stemName(stem.name);
    this.find("name").textContent = name;
    this.find("estimated").hidden = !stem.estimated;
    this.#toggle("mute", translate("mute.label", { stem: name, key: number }));
    this.#toggle("solo", translate("solo.label", { stem: name, key: number }));
    this.#slider("volume", translate("volume.label", { stem: name }), SILENT_DB, LOUDEST_DB, 0.5, "db", 1);
    this.#slider("pan", translate("pan.label", { stem: name }), -100, 100, 5, "pan", 100);
    const download = this.find("download");
    download.href = href;
    download.setAttribute("aria-label", translate("download.label", { stem: name }));
    download.title = translate("download.label", { stem: name });
    seekOnDrag(this.find("wave"), callbacks.seek);
    this.#more(translate("more.label", { stem: name }));
  }

  /** On a phone what is used less often is in a second row, which this button opens. */
  #more(label) {
    const button = this.find("more");
    button.setAttribute("aria-label", label);
    button.title = label;
    button.addEventListener("click", () => {
      const open = this.element.classList.toggle("open");
      button.setAttribute("aria-expanded", String(open));
    });
  }

  #toggle(part, label) {
    const button = this.find(part);
    button.setAttribute("aria-label", label);
    button.title = label;
    button.addEventListener("click", () =>
      this.callbacks.change(this.stem.name, part, button.getAttribute("aria-pressed") !== "true"),
    );
  }

  #slider(part, label, min, max, step, field, scale) {
    const slider = this.find(part);
    Object.assign(slider, { min, max, step });
    slider.setAttribute("aria-label", label);
    slider.addEventListener("input", () => this.callbacks.change(this.stem.name, field, Number(slider.value) / scale));
    slider.addEventListener("dblclick", () => this.callbacks.change(this.stem.name, field, 0));
  }

  /** Show the state of this stem. */
  show({ db, pan, mute, solo }, isAudible) {
    this.element.classList.toggle("inaudible", !isAudible);
    this.find("mute").setAttribute("aria-pressed", String(mute));
    this.find("solo").setAttribute("aria-pressed", String(solo));
    const volume = this.find("volume");
    volume.value = db;
    volume.setAttribute("aria-valuetext", decibels(db, SILENT_DB));
    volume.style.setProperty("--position", (db - SILENT_DB) / (LOUDEST_DB - SILENT_DB));
    this.find("db").textContent = db ? decibels(db, SILENT_DB) : "";
    const slider = this.find("pan");
    slider.value = pan * 100;
    const side = pan < 0 ? "pan.left" : pan > 0 ? "pan.right" : "pan.middle";
    slider.setAttribute("aria-valuetext", translate(side, { percent: Math.round(Math.abs(pan) * 100) }));
    slider.style.setProperty("--position", (pan + 1) / 2);
  }

  /** Show a level on the meter. @param peak linear, full scale 1 */
  setLevel(peak) {
    const db = 20 * Math.log10(Math.max(peak, 1e-6));
    const height = Math.max(0, Math.min(1, 1 - db / METER_FLOOR_DB));
    this.find("meter").style.setProperty("--level", height.toFixed(3));
  }

  /**
   * Set what to draw.
   * @param peaks of this stem, as far as it is separated  @param song of the complete song, drawn where they end
   * @param length of all peaks of the finished stem  @param loudest peak of any stem
   */
  setPeaks(peaks, song, length, loudest) {
    Object.assign(this, { peaks, song, loudest, length: Math.max(1, length, peaks.length) });
    if (this.drawn) this.draw(); // the first time it is drawn when its size is known
  }

  /** Draw the waveform at the size the track has now. */
  draw() {
    this.drawn = true;
    const canvas = this.find("canvas");
    const { clientWidth: width, clientHeight: height } = canvas;
    const density = Math.min(window.devicePixelRatio || 1, 3);
    canvas.width = Math.round(width * density);
    canvas.height = Math.round(height * density);
    const canvas2d = canvas.getContext("2d");
    canvas2d.scale(density, density);
    const style = getComputedStyle(this.element);
    const bars = Math.max(1, Math.floor(width / BAR));
    const done = Math.min(bars, Math.ceil((bars * this.peaks.length) / this.length));
    this.#bars(canvas2d, style.getPropertyValue("--stem"), this.peaks, [0, done], bars, height);
    // What is not separated yet: the peaks of the song, without colour.
    this.#bars(canvas2d, style.getPropertyValue("--line"), this.song, [done, bars], bars, height);
  }

  #bars(canvas2d, colour, peaks, [first, last], bars, height) {
    canvas2d.fillStyle = colour;
    canvas2d.beginPath();
    for (let bar = first; bar < last; bar += 1) {
      const tall = Math.max(2, this.#height(peaks, bar / bars, (bar + 1) / bars) * (height - 4));
      canvas2d.roundRect(bar * BAR, (height - tall) / 2, BAR - 1, tall, 1);
    }
    canvas2d.fill();
  }

  /** The highest peak between two shares of the song, from 0 to 1, below linear, so that quiet parts are visible. */
  #height(peaks, from, to) {
    const first = Math.floor(from * this.length);
    const last = Math.max(first + 1, Math.floor(to * this.length));
    let most = 0;
    for (let k = first; k < last && k < peaks.length; k += 1) most = Math.max(most, peaks[k]);
    return (most / this.loudest) ** 0.7;
  }
}
