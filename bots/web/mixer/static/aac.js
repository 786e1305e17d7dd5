// For slow connections: measures the throughput, and decodes lossy parts of stems (AAC).

const MIN_MS = 400; // of loading, before the connection is judged
const MIN_BYTES = 100_000;
const WINDOW_MS = 6000; // older loading counts half
const SLOW = 1.4; // a connection with less than so many times the lossless stems' rate is slow
const FAST = 3; // one with more is not; in between nothing changes

/** The throughput, measured over the time in which anything was loading. */
export class ConnectionMeter {
  /** Start with the page's own files, unless they loaded out of the browser's cache. */
  constructor() {
    const loaded = performance.getEntriesByType("resource").filter((each) => each.transferSize > 0);
    const [first, last] = [loaded.map((each) => each.requestStart), loaded.map((each) => each.responseEnd)];
    const bytes = loaded.reduce((sum, each) => sum + each.encodedBodySize, 0);
    Object.assign(this, { open: 0, since: 0, bytes, ms: loaded.length ? Math.max(...last) - Math.min(...first) : 0 });
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
    if (this.ms > WINDOW_MS) [this.ms, this.bytes] = [this.ms / 2, this.bytes / 2];
  }

  /** Whether it is slow for so many bytes a second; `before` where that is not known. */
  isSlow(bytesPerSecond, before) {
    if (this.ms < MIN_MS || this.bytes < MIN_BYTES) return before;
    const throughput = (1000 * this.bytes) / this.ms;
    return throughput < (before ? FAST : SLOW) * bytesPerSecond;
  }
}

/**
 * The sound of one lossy part: {left, right} of `samples` each.
 * @param start decoded sample at which the part begins, if the decoder drops nothing of the encoder's delay
 */
export async function decodeAac(decoder, bytes, start, samples) {
  const total = 1024 * frames(bytes);
  const sound = await decoder.decodeAudioData(bytes.buffer);
  const from = start - (total - sound.length); // some decoders drop the delay
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
