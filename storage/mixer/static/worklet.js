// The core on the browser's audio thread.

import { MixCore } from "./core.js";

const REPORT_EVERY = 12; // blocks of 128 samples: 35 ms, about two frames of a screen

class MixProcessor extends AudioWorkletProcessor {
  constructor({ processorOptions }) {
    super();
    this.core = new MixCore(processorOptions);
    this.blocks = 0;
    this.port.onmessage = ({ data: [name, ...facts] }) => this.core[name](...facts);
  }

  process(_inputs, [[left, right]]) {
    this.core.pull(left, right);
    this.blocks += 1;
    if (this.blocks % REPORT_EVERY === 0) this.port.postMessage({ time: currentTime, ...this.core.report() });
    return true;
  }
}

registerProcessor("stembot-mix", MixProcessor);
