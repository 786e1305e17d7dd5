// The clicks of a count-in, rendered before the song begins. Uses no browser API, like `core.js`.

const HIGH_HZ = 1600; // the first click
const LOW_HZ = 1100;
const CLICK_S = 0.05; // length of a click
const DECAY_S = 0.012; // it falls to 37 % in this time
const LEVEL = 0.35; // of full scale, −9 dB: it sounds before the song, not over it

export class CountIn {
  /** clicks: samples from now, rising; length: samples until the song begins; rate: Hz. */
  constructor(clicks, length, rate) {
    Object.assign(this, { clicks, length, rate, position: 0 });
  }

  /** The number of the last click: 1, 2, 3 …; 0 before the first. */
  get count() {
    return this.clicks.filter((each) => each < this.position).length;
  }

  /** Add the next clicks to two empty channels. Returns the sample at which the song begins, or all of them. */
  render(left, right) {
    const run = Math.min(left.length, this.length - this.position);
    this.clicks.forEach((start, number) => {
      const last = Math.min(run, start + Math.round(CLICK_S * this.rate) - this.position);
      const hertz = number ? LOW_HZ : HIGH_HZ;
      for (let k = Math.max(0, start - this.position); k < last; k += 1) {
        const seconds = (this.position + k - start) / this.rate;
        const value = LEVEL * Math.exp(-seconds / DECAY_S) * Math.sin(2 * Math.PI * hertz * seconds);
        left[k] += value;
        right[k] += value;
      }
    });
    this.position += run;
    return run;
  }
}
