// Brings the next seconds of every stem: fetches a byte range of its FLAC file, decodes it, hands it on, forgets it.
// A song of any length takes the same memory: (AHEAD + BEHIND) seconds of each stem.

import { wholeFile } from "./flac.js";
import { decodeLight, Line } from "./light.js";

const AHEAD_S = 14; // seconds that lie ready; more would help nobody but a line that stalls longer
const READY_S = 2.5; // while nobody plays: enough to start at once, not more of a phone's data
const BEHIND_S = 3; // seconds kept for a small step back
const AT_ONCE = 6; // requests; browsers open no more connections to one host
const LOOP_S = 20; // a loop shorter than this stays whole
const TRIES = 6;

export class LinkGone extends Error {}

export class Loader {
  /** @param give (stem, start, left, right)  @param drop (stem, start)  @param onTrouble (error) */
  constructor(manifest, base, { give, drop, onTrouble }) {
    this.base = base;
    Object.assign(this, { give, drop, onTrouble });
    this.decoder = new OfflineAudioContext(2, 1, manifest.rate_hz);
    this.here = new Map(); // "stem:segment" → true when decoded, else the AbortController of its request
    this.ended = false;
    this.line = new Line();
    this.parts = new Map(); // "stem:part" → promise of its sound, while the line is slow
    this.light = true; // whether lossy parts can be had and decoded
    this.slow = navigator.connection?.saveData ?? false;
    this.update(manifest);
  }

  /** Go on with more of a song that is being separated. Its bytes hold within one generation. */
  update(manifest) {
    if (this.manifest && manifest.live !== null && manifest.live !== this.generation) this.#forget(new Set());
    this.generation = manifest.live ?? this.generation ?? "";
    this.manifest = manifest;
    this.stems = manifest.stems.map((stem) => ({ ...stem, info: bytesOf(stem.streaminfo) }));
    const seconds = Math.max(...manifest.stems.map((stem) => stem.samples)) / manifest.rate_hz || 1;
    this.need = manifest.stems.reduce((sum, stem) => sum + stem.size_bytes, 0) / seconds; // bytes a second
  }

  /** Look around a position (samples): start what is needed, end and forget what is not. */
  look(position, loop, playing = true) {
    if (this.ended) return;
    const wanted = this.#wanted(position, loop, playing ? AHEAD_S : READY_S);
    this.#forget(new Set(wanted.map(([stem, segment]) => `${stem}:${segment}`)));
    let busy = [...this.here.values()].filter((each) => each !== true).length;
    for (const [stem, segment] of wanted) {
      if (busy >= AT_ONCE) return;
      if (!this.here.has(`${stem}:${segment}`)) {
        busy += 1;
        this.#bring(stem, segment);
      }
    }
  }

  /** Whether lossy parts are fetched: on a line that does not carry the lossless stems. */
  get isLight() {
    this.slow = this.line.isSlow(this.need, this.slow);
    return this.slow && this.light && this.manifest.live === null;
  }

  /** Share of the wanted seconds that lie ready, for tests and the curious. */
  ready() {
    return [...this.here.values()].filter((each) => each === true).length;
  }

  /** [stem, segment] in the order in which they will be heard. */
  #wanted(position, loop, ahead) {
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
        const turn = spans.findIndex(([from, to]) => sample < to && end > from);
        if (turn >= 0) found.push([at, segment, turn, end <= position && turn === 0, sample]);
      });
    });
    // What is already past comes last: nobody waits for it.
    return found.sort((a, b) => a[3] - b[3] || a[2] - b[2] || a[4] - b[4]).map(([stem, segment]) => [stem, segment]);
  }

  #forget(wanted) {
    for (const [key, state] of this.here) {
      if (wanted.has(key)) continue;
      const [stem, segment] = key.split(":").map(Number);
      if (state === true) this.drop(stem, this.stems[stem].cuts[segment][0]);
      else state.abort();
      this.here.delete(key);
    }
    const { segments } = this.manifest?.aac ?? {};
    const still = new Set([...wanted].map((key) => partOf(...key.split(":").map(Number), segments)));
    for (const key of this.parts.keys()) if (!still.has(key)) this.parts.delete(key);
  }

  async #bring(at, segment) {
    const key = `${at}:${segment}`;
    const control = new AbortController();
    this.here.set(key, control);
    try {
      const { left, right, start } = await this.sound(at, segment, control.signal);
      if (this.here.get(key) !== control) return;
      this.here.set(key, true);
      this.give(at, start, left, right);
    } catch (error) {
      if (this.here.get(key) === control) this.here.delete(key);
      if (control.signal.aborted) return;
      if (error instanceof LinkGone) this.ended = true;
      this.onTrouble(error);
    }
  }

  /** One segment's sound, as the line allows: {start, left, right}. */
  sound(at, segment, signal) {
    return this.isLight ? this.#lightly(at, segment, signal) : this.segment(at, segment, signal);
  }

  /** As `segment`, out of a lossy part; lossless where this browser cannot decode such. */
  async #lightly(at, segment, signal) {
    const stem = this.stems[at];
    const { segments } = this.manifest.aac;
    const bounds = [...stem.cuts.map(([sample]) => sample), stem.samples];
    const key = partOf(at, segment, segments);
    try {
      if (!this.parts.has(key)) this.parts.set(key, this.#part(stem, Math.floor(segment / segments), bounds));
      const part = await this.parts.get(key);
      const [start, end] = [bounds[segment], bounds[segment + 1]];
      const cut = (channel) => exactly(channel.subarray(start - part.start, end - part.start), end - start);
      return { start, left: cut(part.left), right: cut(part.right) };
    } catch (error) {
      this.parts.delete(key);
      if (signal.aborted || error instanceof LinkGone) throw error;
      this.light = false;
      return this.segment(at, segment, signal);
    }
  }

  async #part(stem, number, bounds) {
    const { segments, start: lead } = this.manifest.aac;
    const [start, end] = [bounds[number * segments], bounds[Math.min((number + 1) * segments, bounds.length - 1)]];
    const bytes = await this.#bytes(`${stem.aac}?part=${number}`, new AbortController().signal);
    return { start, ...(await decodeLight(this.decoder, bytes, lead, end - start)) };
  }

  /** One segment's sound, lossless: {start, left, right}. */
  async segment(at, segment, signal) {
    const stem = this.stems[at];
    const [start, from] = stem.cuts[segment];
    const [end, to] = stem.cuts[segment + 1] ?? [stem.samples, stem.size_bytes];
    const frames = await this.#fetch(stem.url, from, to, signal);
    const sound = await this.decoder.decodeAudioData(wholeFile(stem.info, end - start, frames));
    if (sound.length !== end - start) throw new Error(`${sound.length} samples instead of ${end - start}`);
    const left = exactly(sound.getChannelData(0), end - start);
    const right = exactly(sound.getChannelData(Math.min(1, sound.numberOfChannels - 1)), end - start);
    return { start, left, right };
  }

  #version() {
    return this.generation === "" ? "" : `&generation=${this.generation}`;
  }

  /** Bytes `from` to `to` (exclusive) of a file. */
  async #fetch(url, from, to, signal) {
    // The generation keeps a browser's cache from mixing up what was made anew.
    const bytes = await this.#bytes(`${url}?bytes=${from}-${to}${this.#version()}`, signal);
    if (bytes.length !== to - from) throw new Error(`${bytes.length} bytes instead of ${to - from}`);
    return bytes;
  }

  /** What is at an address; tried again with growing pauses while the network is away. */
  async #bytes(address, signal) {
    for (let attempt = 1; ; attempt += 1) {
      let bytes = null;
      this.line.begin();
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
        this.line.end(bytes?.length ?? 0);
      }
      await new Promise((resume) => setTimeout(resume, 250 * 2 ** attempt));
    }
  }
}

/** A copy of exactly so many samples: the copy can be handed to the audio thread. */
function exactly(data, samples) {
  const copy = new Float32Array(samples);
  copy.set(data.length > samples ? data.subarray(0, samples) : data);
  return copy;
}

/** The part that a segment of a stem is in, as a key. */
function partOf(stem, segment, segments) {
  return `${stem}:${Math.floor(segment / segments)}`;
}

function bytesOf(base64) {
  return Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
}
