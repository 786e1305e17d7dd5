// For slow lines: measures what the line carries, and brings lossy parts of stems instead of lossless segments.

const SURE_MS = 400; // of loading, before the line is judged
const SURE_BYTES = 100_000;
const MEMORY_MS = 6000; // older loading counts half
const SLOW = 1.4; // a line that carries less than so many times the lossless stems is slow
const FAST = 3; // one that carries more is not; in between nothing changes

/** What the line carries, measured over the time in which anything was on its way. */
export class Line {
  /** Begin with how fast the page itself came, where it did not come out of the browser's cache. */
  constructor() {
    const came = performance.getEntriesByType("resource").filter((each) => each.transferSize > 0);
    const [first, last] = [came.map((each) => each.requestStart), came.map((each) => each.responseEnd)];
    const bytes = came.reduce((sum, each) => sum + each.encodedBodySize, 0);
    Object.assign(this, { open: 0, since: 0, bytes, ms: came.length ? Math.max(...last) - Math.min(...first) : 0 });
  }

  begin() {
    if (this.open === 0) this.since = performance.now();
    this.open += 1;
  }

  end(bytes) {
    const now = performance.now();
    this.ms += now - this.since;
    this.bytes += bytes;
    this.since = now;
    this.open -= 1;
    if (this.ms > MEMORY_MS) [this.ms, this.bytes] = [this.ms / 2, this.bytes / 2];
  }

  /** Whether it is slow for so many bytes a second; `before` where that is not sure. */
  isSlow(need, before) {
    if (this.ms < SURE_MS || this.bytes < SURE_BYTES) return before;
    const carried = (1000 * this.bytes) / this.ms;
    return carried < (before ? FAST : SLOW) * need;
  }
}

/**
 * The sound of one lossy part: {left, right} of `samples` each.
 * @param start decoded sample at which the part begins, if the decoder drops nothing of the encoder's run-up
 */
export async function decodeLight(decoder, bytes, start, samples) {
  const whole = 1024 * frames(bytes);
  const sound = await decoder.decodeAudioData(bytes.buffer);
  const from = start - (whole - sound.length); // some decoders drop the run-up
  if (from < 0 || from + samples > sound.length) throw new Error("a lossy part of an unexpected length");
  const [left, right] = [0, Math.min(1, sound.numberOfChannels - 1)].map((channel) => sound.getChannelData(channel));
  return { left: left.subarray(from, from + samples), right: right.subarray(from, from + samples) };
}

/** How many frames an ADTS stream has (ISO/IEC 13818-7, 6.2). */
function frames(bytes) {
  let count = 0;
  for (let at = 0; at + 7 <= bytes.length; count += 1) {
    const length = ((bytes[at + 3] & 3) << 11) | (bytes[at + 4] << 3) | (bytes[at + 5] >> 5);
    if (bytes[at] !== 0xff || length < 7) throw new Error("not an ADTS stream");
    at += length;
  }
  return count;
}
