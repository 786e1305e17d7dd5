// Renders the mix to a WAV file: the same core as in playback, as fast as it will go.

import { MixCore } from "./core.js";

const BLOCK = 4096; // samples

/**
 * The mix as a WAV file (16 bit, stereo).
 * @param settings {gains: [[left, right], …] by stem, speed, semitones}
 * @param onProgress called with the share that is rendered, 0 … 1
 */
export async function bounce(loader, { gains, speed, semitones }, signal, onProgress) {
  const { samples, rate_hz: rate, stems } = loader.manifest;
  const core = new MixCore({ stems: stems.length, samples });
  gains.forEach((each, stem) => core.gain(stem, ...each));
  core.tempo(speed, semitones);
  core.fade = 1; // a file begins with its first sample as it is
  core.play();
  const length = Math.round(samples / speed);
  const parts = [];
  let next = stems.map(() => 0); // the segment of each stem to load next
  for (let rendered = 0; rendered < length; rendered += BLOCK) {
    // A piece of stretched sound looks some thousand samples ahead of what is heard.
    next = await Promise.all(next.map((segment, stem) => load(loader, core, stem, segment, signal)));
    const count = Math.min(BLOCK, length - rendered);
    const [left, right] = [new Float32Array(count), new Float32Array(count)];
    core.pull(left, right);
    parts.push(toPcm16(left, right));
    onProgress(rendered / length);
  }
  return new Blob([wavHeader(length, rate), ...parts], { type: "audio/wav" });
}

/** Load a stem up to four blocks ahead; drop what is past. Returns the segment to load next. */
async function load(loader, core, stem, segment, signal) {
  const { cuts } = loader.stems[stem];
  while (segment < cuts.length && cuts[segment][0] <= core.position + 4 * BLOCK) {
    const { start, left, right } = await loader.loadFlac(stem, segment, signal);
    signal.throwIfAborted();
    core.add(stem, start, left, right);
    segment += 1;
  }
  for (const each of core.stems[stem].segments) if (each.end < core.position) core.drop(stem, each.start);
  return segment;
}

/** Interleaved 16-bit samples, clipped at full scale. */
function toPcm16(left, right) {
  const out = new Int16Array(2 * left.length);
  for (let k = 0; k < left.length; k += 1) {
    out[2 * k] = Math.max(-32768, Math.min(32767, Math.round(left[k] * 32768)));
    out[2 * k + 1] = Math.max(-32768, Math.min(32767, Math.round(right[k] * 32768)));
  }
  return out;
}

/** The 44 bytes before the samples (RIFF WAVE, PCM). */
function wavHeader(samples, rate) {
  const view = new DataView(new ArrayBuffer(44));
  const text = (at, word) => [...word].forEach((letter, k) => view.setUint8(at + k, letter.charCodeAt(0)));
  const bytes = samples * 4;
  text(0, "RIFF");
  view.setUint32(4, 36 + bytes, true);
  text(8, "WAVEfmt ");
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true); // PCM
  view.setUint16(22, 2, true); // channels
  view.setUint32(24, rate, true);
  view.setUint32(28, rate * 4, true); // bytes a second
  view.setUint16(32, 4, true); // bytes a sample of both channels
  view.setUint16(34, 16, true); // bits
  text(36, "data");
  view.setUint32(40, bytes, true);
  return view;
}

/** Let the browser save a file. */
export function download(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name.replace(/[\u0000-\u001f<>:"/\\|?*]+/g, " ");
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
