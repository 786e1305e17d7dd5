// One lane a stem: its waveform, solo, mute, volume, pan, download. Draws and asks; decides nothing.

import { LOUDEST_DB, SILENT_DB } from "./balance.js";
import { decibels, say, stemName } from "./words.js";

const BAR = 3; // CSS pixels from one bar of the waveform to the next; two are drawn, one is air
const METER_FLOOR_DB = -54; // the meter's lowest light

/** Let a finger or a mouse seek on what shows the whole song from left to right. */
export function seekBy(element, seek) {
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

/** Of all peaks, so that stems are drawn to one scale. */
export function loudestOf(outlines) {
  return Math.max(1, ...outlines.map((each) => each.reduce((a, b) => Math.max(a, b), 0)));
}

export class Lane {
  /** @param ask {change(name, part, value), seek(share)} */
  constructor(stem, number, ask, href) {
    Object.assign(this, { stem, ask, peaks: [], song: [], length: 1, loudest: 1 });
    const template = document.getElementById("lane");
    this.element = template.content.firstElementChild.cloneNode(true);
    this.element.dataset.stem = stem.name;
    this.find = (part) => this.element.querySelector(`[data-part="${part}"]`);
    const name = stemName(stem.name);
    this.find("name").textContent = name;
    this.find("estimated").hidden = !stem.estimated;
    this.#toggle("mute", say("mute.label", { stem: name, key: number }));
    this.#toggle("solo", say("solo.label", { stem: name, key: number }));
    this.#slider("volume", say("volume.label", { stem: name }), SILENT_DB, LOUDEST_DB, 0.5, "db", 1);
    this.#slider("pan", say("pan.label", { stem: name }), -100, 100, 5, "pan", 100);
    const download = this.find("download");
    download.href = href;
    download.setAttribute("aria-label", say("download.label", { stem: name }));
    download.title = say("download.label", { stem: name });
    seekBy(this.find("wave"), ask.seek);
    this.#more(say("more.label", { stem: name }));
  }

  /** On a phone what is used less often stands in a row of its own, which this button opens. */
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
      this.ask.change(this.stem.name, part, button.getAttribute("aria-pressed") !== "true"),
    );
  }

  #slider(part, label, min, max, step, fact, scale) {
    const slider = this.find(part);
    Object.assign(slider, { min, max, step });
    slider.setAttribute("aria-label", label);
    slider.addEventListener("input", () => this.ask.change(this.stem.name, fact, Number(slider.value) / scale));
    slider.addEventListener("dblclick", () => this.ask.change(this.stem.name, fact, 0));
  }

  /** Show how this stem stands. */
  show({ db, pan, mute, solo }, heard) {
    this.element.classList.toggle("unheard", !heard);
    this.find("mute").setAttribute("aria-pressed", String(mute));
    this.find("solo").setAttribute("aria-pressed", String(solo));
    const volume = this.find("volume");
    volume.value = db;
    volume.setAttribute("aria-valuetext", decibels(db, SILENT_DB));
    volume.style.setProperty("--at", (db - SILENT_DB) / (LOUDEST_DB - SILENT_DB));
    this.find("db").textContent = db ? decibels(db, SILENT_DB) : "";
    const slider = this.find("pan");
    slider.value = pan * 100;
    const side = pan < 0 ? "pan.left" : pan > 0 ? "pan.right" : "pan.middle";
    slider.setAttribute("aria-valuetext", say(side, { percent: Math.round(Math.abs(pan) * 100) }));
    slider.style.setProperty("--at", (pan + 1) / 2);
  }

  /** Light the meter. @param peak linear, full scale 1 */
  light(peak) {
    const db = 20 * Math.log10(Math.max(peak, 1e-6));
    const height = Math.max(0, Math.min(1, 1 - db / METER_FLOOR_DB));
    this.find("meter").style.setProperty("--level", height.toFixed(3));
  }

  /**
   * What to draw.
   * @param peaks of this stem, as far as it is separated  @param song of the whole song, drawn where they end
   * @param length of all peaks once they are there  @param loudest peak of any stem
   */
  outline(peaks, song, length, loudest) {
    Object.assign(this, { peaks, song, loudest, length: Math.max(1, length, peaks.length) });
    if (this.drawn) this.draw(); // the first time it is drawn when its size is known
  }

  /** Draw the waveform at the size the lane has now. */
  draw() {
    this.drawn = true;
    const canvas = this.find("canvas");
    const { clientWidth: width, clientHeight: height } = canvas;
    const density = Math.min(window.devicePixelRatio || 1, 3);
    canvas.width = Math.round(width * density);
    canvas.height = Math.round(height * density);
    const pen = canvas.getContext("2d");
    pen.scale(density, density);
    const style = getComputedStyle(this.element);
    const bars = Math.max(1, Math.floor(width / BAR));
    const done = Math.min(bars, Math.ceil((bars * this.peaks.length) / this.length));
    this.#bars(pen, style.getPropertyValue("--stem"), this.peaks, [0, done], bars, height);
    // What is still to come: the song's own outline, without colour.
    this.#bars(pen, style.getPropertyValue("--line"), this.song, [done, bars], bars, height);
  }

  #bars(pen, colour, peaks, [first, last], bars, height) {
    pen.fillStyle = colour;
    pen.beginPath();
    for (let bar = first; bar < last; bar += 1) {
      const tall = Math.max(2, this.#height(peaks, bar / bars, (bar + 1) / bars) * (height - 4));
      pen.roundRect(bar * BAR, (height - tall) / 2, BAR - 1, tall, 1);
    }
    pen.fill();
  }

  /** The highest peak between two shares of the song, from 0 to 1, lifted so that quiet parts are seen too. */
  #height(peaks, from, to) {
    const first = Math.floor(from * this.length);
    const last = Math.max(first + 1, Math.floor(to * this.length));
    let most = 0;
    for (let k = first; k < last && k < peaks.length; k += 1) most = Math.max(most, peaks[k]);
    return (most / this.loudest) ** 0.7;
  }
}
