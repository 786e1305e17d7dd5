// Loads the next seconds of every stem: fetches byte ranges of its FLAC file, decodes them, passes them on.
// A song of any length takes the same memory: (AHEAD + BEHIND) seconds of each stem.

import { flacFile } from "./flac.js";
import { decodeAac, ConnectionMeter } from "./aac.js";

const AHEAD_S = 14; // seconds loaded ahead; more would only help a connection that stalls longer
const PAUSED_AHEAD_S = 2.5; // while paused: enough to start at once, without spending a phone's data
const BEHIND_S = 3; // seconds kept behind, for a small step back
const MAX_REQUESTS = 6; // requests; browsers open no more connections to one host
const LOOP_S = 20; // a shorter loop stays loaded
const TRIES = 6;

export class LinkGone extends Error {}

export class Loader {
  /** @param addSegment (stem, start, left, right)  @param dropSegment (stem, start)  @param onError (error) */
  constructor(manifest, base, { addSegment, dropSegment, onError }) {
    this.base = base;
    Object.assign(this, { addSegment, dropSegment, onError });
    this.decoder = new OfflineAudioContext(2, 1, manifest.rate_hz);
    this.segments = new Map(); // "stem:segment" → true when decoded, else the AbortController of its request
    this.gone = false;
    this.connection = new ConnectionMeter();
    this.parts = new Map(); // "stem:part" → promise of its sound, while the connection is slow
    this.aacWorks = true; // whether this browser decodes lossy parts
    this.slow = navigator.connection?.saveData ?? false;
    this.update(manifest);
  }

  /** Continue with more of a separation in progress. Byte positions are valid within one generation. */
  update(manifest) {
    if (this.manifest && manifest.live !== null && manifest.live !== this.generation) this.#discard(new Set());
    this.generation = manifest.live ?? this.generation ?? "";
    this.manifest = manifest;
    this.stems = manifest.stems.map((stem) => ({ ...stem, info: bytesOf(stem.streaminfo) }));
    const seconds = Math.max(...manifest.stems.map((stem) => stem.samples)) / manifest.rate_hz || 1;
    this.bytesPerSecond = manifest.stems.reduce((sum, stem) => sum + stem.size_bytes, 0) / seconds; // bytes a second
  }

  /** Around a position (samples): load what is needed, abort and discard what is not. */
  prefetch(position, loop, playing = true) {
    if (this.gone) return;
    const wanted = this.#plan(position, loop, playing ? AHEAD_S : PAUSED_AHEAD_S);
    this.#discard(new Set(wanted.map(([stem, segment]) => `${stem}:${segment}`)));
    let busy = [...this.segments.values()].filter((each) => each !== true).length;
    for (const [stem, segment] of wanted) {
      if (busy >= MAX_REQUESTS) return;
      if (!this.segments.has(`${stem}:${segment}`)) {
        busy += 1;
        this.#load(stem, segment);
      }
    }
  }

  /** Whether lossy parts are fetched: on a connection too slow for the lossless stems. */
  get usesAac() {
    this.slow = this.connection.isSlow(this.bytesPerSecond, this.slow);
    return this.slow && this.aacWorks && this.manifest.live === null;
  }

  /** How many segments are loaded, for tests. */
  ready() {
    return [...this.segments.values()].filter((each) => each === true).length;
  }

  /** [stem, segment] in the order in which they will be played. */
  #plan(position, loop, ahead) {
    const rate = this.manifest.rate_hz;
    const spans = [[Math.max(0, position - BEHIND_S * rate), position + ahead * rate]];
    if (loop && position < loop.to) {
      const all = loop.to - loop.from <= LOOP_S * rate;
      spans[0][1] = Math.min(spans[0][1], loop.to);
      spans.push([loop.from, all ? loop.to : Math.min(loop.to, loop.from + (AHEAD_S * rate) / 2)]);
    }
    const found = [];
    this.stems.forEach((stem, at) => {
      stem.cuts.forEach(([sample], segment) => {
        const end = stem.cuts[segment + 1]?.[0] ?? stem.samples;
        const span = spans.findIndex(([from, to]) => sample < to && end > from);
        if (span >= 0) found.push([at, segment, span, end <= position && span === 0, sample]);
      });
    });
    // What is already past comes last.
    return found.sort((a, b) => a[3] - b[3] || a[2] - b[2] || a[4] - b[4]).map(([stem, segment]) => [stem, segment]);
  }

  #discard(wanted) {
    for (const [key, state] of this.segments) {
      if (wanted.has(key)) continue;
      const [stem, segment] = key.split(":").map(Number);
      if (state === true) this.dropSegment(stem, this.stems[stem].cuts[segment][0]);
      else state.abort();
      this.segments.delete(key);
    }
    const { segments } = this.manifest?.aac ?? {};
    const needed = new Set([...wanted].map((key) => partKey(...key.split(":").map(Number), segments)));
    for (const key of this.parts.keys()) if (!needed.has(key)) this.parts.delete(key);
  }

  async #load(at, segment) {
    const key = `${at}:${segment}`;
    const control = new AbortController();
    this.segments.set(key, control);
    try {
      const { left, right, start } = await this.loadSegment(at, segment, control.signal);
      if (this.segments.get(key) !== control) return;
      this.segments.set(key, true);
      this.addSegment(at, start, left, right);
    } catch (error) {
      if (this.segments.get(key) === control) this.segments.delete(key);
      if (control.signal.aborted) return;
      if (error instanceof LinkGone) this.gone = true;
      this.onError(error);
    }
  }

  /** One segment's sound, as the connection allows: {start, left, right}. */
  loadSegment(at, segment, signal) {
    return this.usesAac ? this.#loadAac(at, segment, signal) : this.loadFlac(at, segment, signal);
  }

  /** As `loadFlac`, out of a lossy part; lossless where this browser cannot decode such. */
  async #loadAac(at, segment, signal) {
    const stem = this.stems[at];
    const { segments } = this.manifest.aac;
    const bounds = [...stem.cuts.map(([sample]) => sample), stem.samples];
    const key = partKey(at, segment, segments);
    try {
      if (!this.parts.has(key)) this.parts.set(key, this.#aacPart(stem, Math.floor(segment / segments), bounds));
      const part = await this.parts.get(key);
      const [start, end] = [bounds[segment], bounds[segment + 1]];
      const cut = (channel) => copyOf(channel.subarray(start - part.start, end - part.start), end - start);
      return { start, left: cut(part.left), right: cut(part.right) };
    } catch (error) {
      this.parts.delete(key);
      if (signal.aborted || error instanceof LinkGone) throw error;
      this.aacWorks = false;
      return this.loadFlac(at, segment, signal);
    }
  }

  async #aacPart(stem, number, bounds) {
    const { segments, start: delay } = this.manifest.aac;
    const [start, end] = [bounds[number * segments], bounds[Math.min((number + 1) * segments, bounds.length - 1)]];
    const bytes = await this.#fetchWithRetry(`${stem.aac}?part=${number}`, new AbortController().signal);
    return { start, ...(await decodeAac(this.decoder, bytes, delay, end - start)) };
  }

  /** One segment's sound, lossless: {start, left, right}. */
  async loadFlac(at, segment, signal) {
    const stem = this.stems[at];
    const [start, from] = stem.cuts[segment];
    const [end, to] = stem.cuts[segment + 1] ?? [stem.samples, stem.size_bytes];
    const frames = await this.#fetch(stem.url, from, to, signal);
    const sound = await this.decoder.decodeAudioData(flacFile(stem.info, end - start, frames));
    if (sound.length !== end - start) throw new Error(`${sound.length} samples instead of ${end - start}`);
    const left = copyOf(sound.getChannelData(0), end - start);
    const right = copyOf(sound.getChannelData(Math.min(1, sound.numberOfChannels - 1)), end - start);
    return { start, left, right };
  }

  #generationQuery() {
    return this.generation === "" ? "" : `&generation=${this.generation}`;
  }

  /** Bytes `from` to `to` (exclusive) of a file. */
  async #fetch(url, from, to, signal) {
    // The generation keeps a browser's cache from mixing up generations.
    const bytes = await this.#fetchWithRetry(`${url}?bytes=${from}-${to}${this.#generationQuery()}`, signal);
    if (bytes.length !== to - from) throw new Error(`${bytes.length} bytes instead of ${to - from}`);
    return bytes;
  }

  /** The bytes at an address; retried with growing pauses while the network is away. */
  async #fetchWithRetry(address, signal) {
    for (let attempt = 1; ; attempt += 1) {
      let bytes = null;
      this.connection.begin();
      try {
        const answer = await fetch(`${this.base}/${address}`, { signal });
        if ([403, 410].includes(answer.status)) throw new LinkGone();
        if (answer.status === 404 && this.manifest.live === null) throw new LinkGone();
        if (answer.status !== 200) throw new Error(`status ${answer.status}`);
        bytes = new Uint8Array(await answer.arrayBuffer());
        return bytes;
      } catch (error) {
        if (signal.aborted || error instanceof LinkGone || attempt === TRIES) throw error;
      } finally {
        this.connection.end(bytes?.length ?? 0);
      }
      await new Promise((resume) => setTimeout(resume, 250 * 2 ** attempt));
    }
  }
}

/** A copy of exactly so many samples: the copy can be handed to the audio thread. */
function copyOf(data, samples) {
  const copy = new Float32Array(samples);
  copy.set(data.length > samples ? data.subarray(0, samples) : data);
  return copy;
}

/** The part that a segment of a stem is in, as a key. */
function partKey(stem, segment, segments) {
  return `${stem}:${Math.floor(segment / segments)}`;
}

function bytesOf(base64) {
  return Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
}
