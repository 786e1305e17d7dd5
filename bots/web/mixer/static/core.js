// The mixing core: decoded segments of every stem in, one stereo sound out. Knows no browser, so it runs in an
// audio worklet, in a script processor where there is none (plain http on a home network), and in a test.
//
//   add(stem, start, l, r)      pull(left, right)
//   stem 0  [seg][seg][seg] ─ gain ─┐
//   stem 1  [seg][seg]      ─ gain ─┼─ sum ─ stretch ─ fade ─► out
//   stem 2  [seg][seg][seg] ─ gain ─┘          (before it, if wished: the clicks of a count-in)
//                 ^ position: one for all stems, so they cannot drift apart
//
// Where one stem's sound is not here yet, all wait: late is heard, out of step is not forgiven.

import { Lead } from "./lead.js";
import { Stretch } from "./stretch.js";

const FADE = 256; // samples; 6 ms at 44.1 kHz: no click at play, pause and seek
const GLIDE = 0.004; // share of the way to a new gain per sample: 63 % after 6 ms
const NEAR = 1e-5; // −100 dB: close enough to be there

export class MixCore {
  /** @param {{stems: number, samples: number}} song stems: how many; samples: length of each, per channel */
  constructor({ stems, samples }) {
    this.samples = samples;
    this.position = 0; // next sample to be mixed
    this.playing = false;
    this.starving = false;
    this.loop = null; // {from, to}: samples, `to` exclusive
    this.fade = 0;
    this.jump = null; // where to go once the fade is down
    this.lead = null; // clicks that are still to be heard before the song
    this.stretch = new Stretch();
    this.stems = Array.from({ length: stems }, () => ({
      segments: [], // {start, end, left, right}, any order; a dozen at most
      gains: [1, 1],
      targets: [1, 1],
      squares: 0,
      peak: 0,
    }));
    this.counted = 0; // samples that went into the levels
  }

  add(stem, start, left, right) {
    const { segments } = this.stems[stem];
    if (!segments.some((each) => each.start === start)) {
      segments.push({ start, end: start + left.length, left, right });
    }
  }

  drop(stem, start) {
    const lane = this.stems[stem];
    lane.segments = lane.segments.filter((each) => each.start !== start);
  }

  play() {
    if (this.position >= this.samples) this.position = 0;
    this.playing = true;
  }

  pause() {
    this.playing = false;
    this.lead = null;
  }

  /** Clicks before the song begins: when each comes, and after how many samples the song does. */
  countIn(clicks, length, rate) {
    if (this.fade === 0) this.lead = new Lead(clicks, length, rate);
  }

  seek(sample) {
    this.lead = null;
    const to = Math.max(0, Math.min(Math.round(sample), this.samples));
    if (this.fade === 0) this.#land(to);
    else this.jump = to;
  }

  /** left, right: linear gains of a stem's two channels. */
  gain(stem, left, right) {
    this.stems[stem].targets = [left, right];
    if (this.fade === 0) this.stems[stem].gains = [left, right];
  }

  setLoop(loop) {
    this.loop = loop && loop.to - loop.from >= FADE ? loop : null;
  }

  /** speed: 0.5 … 1.5; semitones: −12 … 12. */
  tempo(speed, semitones) {
    this.stretch.set(speed, semitones);
  }

  /** Fill one block of output. */
  pull(left, right) {
    left.fill(0);
    right.fill(0);
    if (!this.playing && this.fade === 0) return;
    if (this.lead) {
      const begun = this.lead.lay(left, right); // the song may begin within this block
      if (begun === left.length) return;
      this.lead = null;
      [left, right] = [left.subarray(begun), right.subarray(begun)];
    }
    if (this.stretch.idle) this.#mix(left, right);
    else this.stretch.pull(left, right, (l, r) => this.#mix(l, r));
    this.#fade(left, right);
  }

  /** Levels since the last report (after the faders), and where we are. */
  report() {
    const levels = this.stems.map((stem) => ({
      rms: this.counted ? Math.sqrt(stem.squares / this.counted / 2) : 0,
      peak: stem.peak,
    }));
    for (const stem of this.stems) [stem.squares, stem.peak] = [0, 0];
    this.counted = 0;
    const heard = Math.max(0, this.position - this.stretch.waiting);
    const count = this.lead?.count ?? 0;
    return { position: heard, playing: this.playing, starving: this.starving, count, levels };
  }

  #land(to) {
    this.position = to;
    this.jump = null;
    this.stretch.reset();
  }

  /** Towards full while playing, towards nothing when paused, about to jump, or without sound to play. */
  #fade(left, right) {
    for (let k = 0; k < left.length; k += 1) {
      const up = this.playing && this.jump === null && !this.starving;
      this.fade = Math.max(0, Math.min(1, this.fade + (up ? 1 : -1) / FADE));
      left[k] *= this.fade;
      right[k] *= this.fade;
    }
    if (this.fade === 0 && this.jump !== null) this.#land(this.jump);
  }

  /** The next samples of the song as the faders stand, added to two empty arrays. */
  #mix(left, right) {
    let done = 0;
    while (done < left.length) {
      if (this.loop && this.position === this.loop.to) this.position = this.loop.from;
      if (this.position >= this.samples) {
        this.playing = false;
        return;
      }
      const here = this.#resident();
      this.starving = here === null;
      if (this.starving) return;
      const run = Math.min(left.length - done, here.until - this.position);
      this.stems.forEach((stem, at) => this.#lay(stem, here.segments[at], left, right, done, run));
      this.position += run;
      this.counted += run;
      done += run;
    }
  }

  /** Each stem's segment at the position, and up to where all of them go on; null where one is missing. */
  #resident() {
    const segments = [];
    let until = this.samples;
    if (this.loop && this.position < this.loop.to) until = Math.min(until, this.loop.to);
    for (const stem of this.stems) {
      const found = stem.segments.find((each) => each.start <= this.position && this.position < each.end);
      if (!found) return null;
      segments.push(found);
      until = Math.min(until, found.end);
    }
    return { segments, until };
  }

  #lay(stem, segment, left, right, at, run) {
    const from = this.position - segment.start;
    stem.peak = Math.max(
      stem.peak,
      lay(segment.left, from, left, at, run, stem, 0),
      lay(segment.right, from, right, at, run, stem, 1),
    );
  }
}

/** Add a run of one channel under its gain, gliding to the wanted gain; returns the highest peak. */
function lay(source, from, out, at, run, stem, channel) {
  let gain = stem.gains[channel];
  const target = stem.targets[channel];
  let [squares, peak] = [0, 0];
  for (let k = 0; k < run; k += 1) {
    gain += (target - gain) * GLIDE;
    if (Math.abs(target - gain) < NEAR) gain = target;
    const value = source[from + k] * gain;
    out[at + k] += value;
    squares += value * value;
    if (value > peak) peak = value;
    else if (-value > peak) peak = -value;
  }
  stem.gains[channel] = gain;
  stem.squares += squares;
  return peak;
}
