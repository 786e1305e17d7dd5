// The mixing core: decoded segments of every stem in, one stereo sound out. Uses no browser API, so it runs in an
// audio worklet, in a script processor where there is none (plain http on a home network), and in a test.
//
//   add(stem, start, l, r)      pull(left, right)
//   stem 0  [seg][seg][seg] ─ gain ─┐
//   stem 1  [seg][seg]      ─ gain ─┼─ sum ─ stretch ─ fade ─► out
//   stem 2  [seg][seg][seg] ─ gain ─┘          (before it, on request: the clicks of a count-in)
//                 ^ position: one for all stems, so they cannot drift apart
//
// Where the sound of one stem is not loaded yet, all stems wait.

import { CountIn } from "./count_in.js";
import { TimeStretch } from "./time_stretch.js";

const FADE = 256; // samples; 6 ms at 44.1 kHz: no click at play, pause and seek
const GLIDE = 0.004; // share of the way to a new gain per sample: 63 % after 6 ms
const EPSILON = 1e-5; // −100 dB: the wanted gain is reached

export class MixCore {
  /** @param {{stems: number, samples: number}} song stems: how many; samples: length of each, per channel */
  constructor({ stems, samples }) {
    this.samples = samples;
    this.position = 0; // next sample to be mixed
    this.playing = false;
    this.buffering = false;
    this.loop = null; // {from, to}: samples, `to` exclusive
    this.fade = 0;
    this.jump = null; // target of a seek, once the fade-out is over
    this.clicks = null; // a count-in that is not over
    this.stretch = new TimeStretch();
    this.stems = Array.from({ length: stems }, () => ({
      segments: [], // {start, end, left, right}, any order; a dozen at most
      gains: [1, 1],
      targets: [1, 1],
      squares: 0,
      peak: 0,
    }));
    this.measured = 0; // samples in the levels
  }

  add(stem, start, left, right) {
    const { segments } = this.stems[stem];
    if (!segments.some((each) => each.start === start)) {
      segments.push({ start, end: start + left.length, left, right });
    }
  }

  drop(stem, start) {
    const owner = this.stems[stem];
    owner.segments = owner.segments.filter((each) => each.start !== start);
  }

  play() {
    if (this.position >= this.samples) this.position = 0;
    this.playing = true;
  }

  pause() {
    this.playing = false;
    this.clicks = null;
  }

  /** Clicks before the song begins: when each comes, and after how many samples the song does. */
  countIn(clicks, length, rate) {
    if (this.fade === 0) this.clicks = new CountIn(clicks, length, rate);
  }

  seek(sample) {
    this.clicks = null;
    const to = Math.max(0, Math.min(Math.round(sample), this.samples));
    if (this.fade === 0) this.#jumpTo(to);
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
    if (this.clicks) {
      const start = this.clicks.render(left, right); // the song may begin within this block
      if (start === left.length) return;
      this.clicks = null;
      [left, right] = [left.subarray(start), right.subarray(start)];
    }
    if (this.stretch.isIdle) this.#mix(left, right);
    else this.stretch.pull(left, right, (l, r) => this.#mix(l, r));
    this.#fade(left, right);
  }

  /** Levels since the last report (after the faders), and where we are. */
  report() {
    const levels = this.stems.map((stem) => ({
      rms: this.measured ? Math.sqrt(stem.squares / this.measured / 2) : 0,
      peak: stem.peak,
    }));
    for (const stem of this.stems) [stem.squares, stem.peak] = [0, 0];
    this.measured = 0;
    const audible = Math.max(0, this.position - this.stretch.latency);
    const count = this.clicks?.count ?? 0;
    return { position: audible, playing: this.playing, buffering: this.buffering, count, levels };
  }

  #jumpTo(to) {
    this.position = to;
    this.jump = null;
    this.stretch.reset();
  }

  /** Fade in while playing; fade out when paused, before a jump, or while buffering. */
  #fade(left, right) {
    for (let k = 0; k < left.length; k += 1) {
      const up = this.playing && this.jump === null && !this.buffering;
      this.fade = Math.max(0, Math.min(1, this.fade + (up ? 1 : -1) / FADE));
      left[k] *= this.fade;
      right[k] *= this.fade;
    }
    if (this.fade === 0 && this.jump !== null) this.#jumpTo(this.jump);
  }

  /** Add the next samples of the song, with the present gains, to two empty arrays. */
  #mix(left, right) {
    let done = 0;
    while (done < left.length) {
      if (this.loop && this.position === this.loop.to) this.position = this.loop.from;
      if (this.position >= this.samples) {
        this.playing = false;
        return;
      }
      const current = this.#segmentsAtPosition();
      this.buffering = current === null;
      if (this.buffering) return;
      const run = Math.min(left.length - done, current.until - this.position);
      this.stems.forEach((stem, at) => this.#addStem(stem, current.segments[at], left, right, done, run));
      this.position += run;
      this.measured += run;
      done += run;
    }
  }

  /** Each stem's segment at the position, and up to where all of them go on; null where one is missing. */
  #segmentsAtPosition() {
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

  #addStem(stem, segment, left, right, at, run) {
    const from = this.position - segment.start;
    stem.peak = Math.max(
      stem.peak,
      addWithGain(segment.left, from, left, at, run, stem, 0),
      addWithGain(segment.right, from, right, at, run, stem, 1),
    );
  }
}

/** Add a run of one channel under its gain, gliding to the wanted gain; returns the highest peak. */
function addWithGain(source, from, out, at, run, stem, channel) {
  let gain = stem.gains[channel];
  const target = stem.targets[channel];
  let [squares, peak] = [0, 0];
  for (let k = 0; k < run; k += 1) {
    gain += (target - gain) * GLIDE;
    if (Math.abs(target - gain) < EPSILON) gain = target;
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
