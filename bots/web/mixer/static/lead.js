// The clicks of a count-in, laid into the sound before the song begins. Knows no browser, like the core it stands in.

const HIGH_HZ = 1600; // the first click
const LOW_HZ = 1100;
const RING_S = 0.05; // how long a click is heard
const DECAY_S = 0.012; // it falls to 37 % in this time
const LOUD = 0.35; // of full scale, −9 dB: over a quiet room, not over a song

export class Lead {
  /** clicks: samples from now, rising; length: samples until the song begins; rate: Hz. */
  constructor(clicks, length, rate) {
    Object.assign(this, { clicks, length, rate, at: 0 });
  }

  /** Which click was the last: 1, 2, 3 …; 0 before the first. */
  get count() {
    return this.clicks.filter((each) => each < this.at).length;
  }

  /** Add the next clicks to two empty channels. Returns the sample at which the song begins, or all of them. */
  lay(left, right) {
    const run = Math.min(left.length, this.length - this.at);
    this.clicks.forEach((start, number) => {
      const last = Math.min(run, start + Math.round(RING_S * this.rate) - this.at);
      const hertz = number ? LOW_HZ : HIGH_HZ;
      for (let k = Math.max(0, start - this.at); k < last; k += 1) {
        const seconds = (this.at + k - start) / this.rate;
        const value = LOUD * Math.exp(-seconds / DECAY_S) * Math.sin(2 * Math.PI * hertz * seconds);
        left[k] += value;
        right[k] += value;
      }
    });
    this.at += run;
    return run;
  }
}
