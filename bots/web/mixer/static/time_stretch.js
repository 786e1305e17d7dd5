// Speed with the pitch kept, and pitch with the speed kept: WSOLA (Verhelst and Roelands 1993), then resampling.
//
//   in    |····A····|····B····|····C····|       the song is read a little faster or slower than it is written,
//   out   |··A··|··B'·|··C'·|                   in pieces that overlap; each piece is shifted by up to SEARCH
//                                               samples to where it continues the piece before it best
//
// It works on the sum of the stems, so whatever it does to time it does to all of them alike.

const FRAME = 2048; // samples; 46 ms at 44.1 kHz: two periods of the lowest bass note
const HOP = FRAME / 2; // out; raised cosines half a frame apart add up to one
const SEARCH = 600; // samples to either side; more than a period of 80 Hz
const COARSE = 4; // the search looks at every fourth sample, then around the best of them
const NEED = FRAME + 2 * SEARCH + HOP; // samples of input around a piece

const WINDOW = Float32Array.from({ length: FRAME }, (_, k) => 0.5 - 0.5 * Math.cos((2 * Math.PI * k) / FRAME));

export class TimeStretch {
  constructor() {
    this.speed = 1;
    this.ratio = 1; // of the pitch
    this.reset();
  }

  /** The sound passes unchanged. */
  get isIdle() {
    return this.speed === 1 && this.ratio === 1;
  }

  /** Samples of the song that were read but not yet heard. */
  get latency() {
    if (this.isIdle || !this.filled) return 0;
    return Math.max(0, this.filled - this.ideal + (this.produced - this.readAt) * (this.speed / this.ratio));
  }

  set(speed, semitones) {
    const wasIdle = this.isIdle;
    this.speed = speed;
    this.ratio = 2 ** (semitones / 12);
    if (wasIdle !== this.isIdle) this.reset();
  }

  reset() {
    this.input = [new Float32Array(4 * NEED), new Float32Array(4 * NEED)];
    this.filled = 0; // samples in `input`
    this.ideal = SEARCH; // where in `input` the next piece should begin
    this.last = null; // where in `input` the piece before it would continue
    this.tail = [new Float32Array(HOP), new Float32Array(HOP)]; // its fading half
    this.output = [new Float32Array(8 * HOP), new Float32Array(8 * HOP)];
    this.produced = 0; // samples in `output`
    this.readAt = 0; // read position in `output`, fractional
  }

  /** Fill a block; `read(left, right)` gives the next samples of the song in arrays of any length. */
  pull(left, right, read) {
    for (let k = 0; k < left.length; k += 1) {
      while (this.readAt + 2 >= this.produced) this.#appendPiece(read);
      const at = Math.floor(this.readAt);
      const part = this.readAt - at;
      left[k] = interpolate(this.output[0], at, part);
      right[k] = interpolate(this.output[1], at, part);
      this.readAt += this.ratio;
      if (this.readAt > 4 * HOP) this.#dropOutput();
    }
  }

  /** Make HOP more samples of output. */
  #appendPiece(read) {
    this.#fill(read);
    const start = this.last === null ? Math.round(this.ideal) : this.#bestStart(Math.round(this.ideal));
    for (const channel of [0, 1]) {
      const [from, to, tail] = [this.input[channel], this.output[channel], this.tail[channel]];
      for (let k = 0; k < HOP; k += 1) {
        to[this.produced + k] = tail[k] + from[start + k] * (this.last === null ? 1 : WINDOW[k]);
        tail[k] = from[start + HOP + k] * WINDOW[HOP + k];
      }
    }
    this.produced += HOP;
    this.last = start + HOP;
    this.ideal += (HOP * this.speed) / this.ratio;
    this.#dropInput();
  }

  #fill(read) {
    const want = Math.ceil(this.ideal) + NEED;
    if (this.filled >= want) return;
    if (this.filled === 0) this.filled = SEARCH; // silence before the first sample, so that it can be searched
    const count = want - this.filled;
    const [left, right] = [new Float32Array(count), new Float32Array(count)];
    read(left, right);
    this.input[0].set(left, this.filled);
    this.input[1].set(right, this.filled);
    this.filled = want;
  }

  /** Where, near `ideal`, the sound is most like what would have followed the last piece. */
  #bestStart(ideal) {
    let [best, most] = [0, -Infinity];
    for (let shift = -SEARCH; shift <= SEARCH; shift += COARSE) {
      const score = this.#similarity(ideal + shift, COARSE);
      if (score > most) [best, most] = [shift, score];
    }
    let fine = best;
    for (let shift = Math.max(-SEARCH, best - COARSE + 1); shift < Math.min(SEARCH, best + COARSE); shift += 1) {
      const score = this.#similarity(ideal + shift, COARSE);
      if (score > most) [fine, most] = [shift, score];
    }
    return ideal + fine;
  }

  #similarity(start, step) {
    const [left, right] = this.input;
    let [dot, energy] = [0, 1e-9];
    for (let k = 0; k < HOP; k += step) {
      const a = left[this.last + k] + right[this.last + k];
      const b = left[start + k] + right[start + k];
      dot += a * b;
      energy += b * b;
    }
    return dot / Math.sqrt(energy);
  }

  /** Move what is still needed of the input to its front. */
  #dropInput() {
    const cut = Math.min(Math.floor(this.ideal) - SEARCH, this.last) - 1;
    if (cut < NEED) return;
    for (const channel of this.input) channel.copyWithin(0, cut, this.filled);
    this.filled -= cut;
    this.ideal -= cut;
    this.last -= cut;
  }

  /** Move what was not yet heard of the output to its front. */
  #dropOutput() {
    const cut = Math.max(0, Math.floor(this.readAt) - 1);
    for (const channel of this.output) channel.copyWithin(0, cut, this.produced);
    this.produced -= cut;
    this.readAt -= cut;
  }
}

/** The value between two samples: cubic Hermite through four points. */
function interpolate(data, at, part) {
  if (part === 0) return data[at];
  const a = at > 0 ? data[at - 1] : data[at];
  const [b, c, d] = [data[at], data[at + 1], data[at + 2]];
  const slope = (c - a) / 2;
  const bend = a - 2.5 * b + 2 * c - d / 2;
  const twist = (d - a) / 2 + 1.5 * (b - c);
  return ((twist * part + bend) * part + slope) * part + b;
}
