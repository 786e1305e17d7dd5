// Runs the core on the browser's audio thread.

import { MixCore } from "./core.js";

const REPORT_EVERY = 12; // blocks of 128 samples: 35 ms, about two frames of a screen

class MixProcessor extends AudioWorkletProcessor {
  constructor({ processorOptions }) {
    super();
    this.core = new MixCore(processorOptions);
    this.blocks = 0;
    this.port.onmessage = ({ data: [name, ...values] }) => this.core[name](...values);
  }

  /** Report, unless nothing has moved since the last time: a paused page uses no battery. */
  report() {
    const report = this.core.report();
    const { playing, position } = report;
    if (!playing && this.core.fade === 0 && position === this.reported) return;
    this.reported = playing || this.core.fade > 0 ? null : position;
    this.port.postMessage({ time: currentTime, ...report });
  }

  process(_inputs, [[left, right]]) {
    this.core.pull(left, right);
    this.blocks += 1;
    if (this.blocks % REPORT_EVERY === 0) this.report();
    return true;
  }
}

registerProcessor("stembot-mix", MixProcessor);
