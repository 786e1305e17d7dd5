// One audio context with the core in it. The worklet needs https or localhost; elsewhere (a phone that opens
// http://192.168.…) a script processor runs the same core on the page's own thread.

import { MixCore } from "./core.js";

const SUSPEND_MS = 5000; // after a pause of this length the audio context is suspended
const BLOCK = 4096; // samples; a script processor shares its thread with the page, so it gets 93 ms of slack

export class Engine {
  /** Make one: `await Engine.open(...)`. @param onReport called with each report of the core */
  static async open({ stems, samples, rate, onReport }) {
    // The song's own rate: otherwise every segment would be resampled by itself, and seams would be heard.
    const context = new AudioContext({ sampleRate: rate, latencyHint: "playback" });
    const engine = new Engine(context, onReport);
    if (context.audioWorklet) await engine.#workletNode({ stems, samples });
    else engine.#scriptNode({ stems, samples });
    engine.node.connect(engine.master).connect(engine.meter).connect(context.destination);
    return engine;
  }

  constructor(context, onReport) {
    this.context = context;
    this.master = context.createGain();
    this.meter = context.createAnalyser();
    this.meter.fftSize = 2048;
    this.last = { position: 0, playing: false, buffering: false, levels: [], time: 0 };
    this.speed = 1;
    this.onReport = onReport;
  }

  async #workletNode(processorOptions) {
    await this.context.audioWorklet.addModule(new URL("./worklet.js", import.meta.url));
    const options = { numberOfInputs: 0, outputChannelCount: [2], processorOptions };
    this.node = new AudioWorkletNode(this.context, "stembot-mix", options);
    this.node.port.onmessage = ({ data }) => this.#receive(data);
    this.call = (...message) => this.node.port.postMessage(message);
    this.addSegment = (stem, start, left, right) =>
      this.node.port.postMessage(["add", stem, start, left, right], [left.buffer, right.buffer]);
  }

  #scriptNode(options) {
    const core = new MixCore(options);
    this.node = this.context.createScriptProcessor(BLOCK, 0, 2);
    this.node.onaudioprocess = ({ outputBuffer, playbackTime }) => {
      core.pull(outputBuffer.getChannelData(0), outputBuffer.getChannelData(1));
      this.#receive({ time: playbackTime, ...core.report() });
    };
    this.call = (name, ...values) => core[name](...values);
    this.addSegment = (...values) => core.add(...values);
  }

  #receive(report) {
    this.last = report;
    this.onReport(report);
  }

  async play() {
    clearTimeout(this.suspending);
    await this.context.resume();
    this.call("play");
  }

  pause() {
    this.call("pause");
    clearTimeout(this.suspending);
    this.suspending = setTimeout(() => this.context.suspend(), SUSPEND_MS);
  }

  /** Play clicks before the next start. @param {clicks, length} seconds of the song, at its own speed */
  countIn({ clicks, length }) {
    const samples = (seconds) => Math.round((seconds * this.context.sampleRate) / this.speed);
    this.call("countIn", clicks.map(samples), samples(length), this.context.sampleRate);
  }

  tempo(speed, semitones) {
    this.speed = speed;
    this.call("tempo", speed, semitones);
  }

  /** The sample that is audible now: between two reports it is extrapolated by the clock. */
  position() {
    const { position, playing, buffering, count, time } = this.last;
    if (!playing || buffering || count) return position;
    const since = Math.min(0.2, Math.max(0, this.context.currentTime - time));
    const latency = this.context.outputLatency || 0;
    return Math.max(0, position + (since - latency) * this.context.sampleRate * this.speed);
  }

  /** Loudness of what leaves the mixer now: root mean square, full scale 1. */
  masterLevel() {
    const wave = new Float32Array(this.meter.fftSize);
    this.meter.getFloatTimeDomainData(wave);
    return Math.sqrt(wave.reduce((sum, value) => sum + value * value, 0) / wave.length);
  }
}
