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

export class Stretch {
  constructor() {
    this.speed = 1;
    this.ratio = 1; // of the pitch
    this.reset();
  }

  /** Nothing to do: the sound passes untouched. */
  get idle() {
    return this.speed === 1 && this.ratio === 1;
  }

  /** Samples of the song that were read but not yet heard. */
  get waiting() {
    if (this.idle || !this.filled) return 0;
    return Math.max(0, this.filled - this.ideal + (this.made - this.taken) * (this.speed / this.ratio));
  }

  set(speed, semitones) {
    const was = this.idle;
    this.speed = speed;
    this.ratio = 2 ** (semitones / 12);
    if (was !== this.idle) this.reset();
  }

  reset() {
    this.input = [new Float32Array(4 * NEED), new Float32Array(4 * NEED)];
    this.filled = 0; // samples in `input`
    this.ideal = SEARCH; // where in `input` the next piece should begin
    this.last = null; // where the piece before it went on
    this.tail = [new Float32Array(HOP), new Float32Array(HOP)]; // its fading half
    this.output = [new Float32Array(8 * HOP), new Float32Array(8 * HOP)];
    this.made = 0; // samples in `output`
    this.taken = 0; // read position in `output`, fractional
  }

  /** Fill a block; `read(left, right)` gives the next samples of the song in arrays of any length. */
  pull(left, right, read) {
    for (let k = 0; k < left.length; k += 1) {
      while (this.taken + 2 >= this.made) this.#piece(read);
      const at = Math.floor(this.taken);
      const part = this.taken - at;
      left[k] = between(this.output[0], at, part);
      right[k] = between(this.output[1], at, part);
      this.taken += this.ratio;
      if (this.taken > 4 * HOP) this.#forget();
    }
  }

  /** Make HOP more samples of output. */
  #piece(read) {
    this.#fill(read);
    const start = this.last === null ? Math.round(this.ideal) : this.#best(Math.round(this.ideal));
    for (const channel of [0, 1]) {
      const [from, to, tail] = [this.input[channel], this.output[channel], this.tail[channel]];
      for (let k = 0; k < HOP; k += 1) {
        to[this.made + k] = tail[k] + from[start + k] * (this.last === null ? 1 : WINDOW[k]);
        tail[k] = from[start + HOP + k] * WINDOW[HOP + k];
      }
    }
    this.made += HOP;
    this.last = start + HOP;
    this.ideal += (HOP * this.speed) / this.ratio;
    this.#slide();
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
  #best(ideal) {
    let [best, most] = [0, -Infinity];
    for (let shift = -SEARCH; shift <= SEARCH; shift += COARSE) {
      const score = this.#likeness(ideal + shift, COARSE);
      if (score > most) [best, most] = [shift, score];
    }
    let fine = best;
    for (let shift = Math.max(-SEARCH, best - COARSE + 1); shift < Math.min(SEARCH, best + COARSE); shift += 1) {
      const score = this.#likeness(ideal + shift, COARSE);
      if (score > most) [fine, most] = [shift, score];
    }
    return ideal + fine;
  }

  #likeness(start, step) {
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
  #slide() {
    const cut = Math.min(Math.floor(this.ideal) - SEARCH, this.last) - 1;
    if (cut < NEED) return;
    for (const channel of this.input) channel.copyWithin(0, cut, this.filled);
    this.filled -= cut;
    this.ideal -= cut;
    this.last -= cut;
  }

  /** Move what was not yet heard of the output to its front. */
  #forget() {
    const cut = Math.max(0, Math.floor(this.taken) - 1);
    for (const channel of this.output) channel.copyWithin(0, cut, this.made);
    this.made -= cut;
    this.taken -= cut;
  }
}

/** The value between two samples: cubic Hermite through four points. */
function between(data, at, part) {
  if (part === 0) return data[at];
  const a = at > 0 ? data[at - 1] : data[at];
  const [b, c, d] = [data[at], data[at + 1], data[at + 2]];
  const slope = (c - a) / 2;
  const bend = a - 2.5 * b + 2 * c - d / 2;
  const twist = (d - a) / 2 + 1.5 * (b - c);
  return ((twist * part + bend) * part + slope) * part + b;
}
