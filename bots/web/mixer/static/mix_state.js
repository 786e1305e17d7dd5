// The state of the mix: faders, pans, mutes, solos, and its text form in an address.

export const SILENT_DB = -40; // the fader's lowest position is silence
export const LOUDEST_DB = 6;

/** Preset → which stems are audible. Offered only where the song has stems for it. */
const PRESETS = {
  all: () => true,
  instrumental: (name) => name !== "vocals",
  vocals: (name) => name === "vocals",
  drumless: (name) => name !== "drums",
  bassless: (name) => name !== "bass",
  guitarless: (name) => name !== "guitar",
  pianoless: (name) => name !== "piano",
};

export class MixState {
  constructor(names, id) {
    this.names = names;
    this.key = `stembot.${id}`;
    this.reset();
  }

  reset() {
    this.stems = Object.fromEntries(this.names.map((name) => [name, { db: 0, pan: 0, mute: false, solo: false }]));
  }

  /** Whether a stem is audible: where any is solo only those, else all that are not muted. */
  isAudible(name) {
    const soloed = this.names.some((each) => this.stems[each].solo);
    return soloed ? this.stems[name].solo : !this.stems[name].mute;
  }

  /** Linear gains [left, right]. Pan is a balance: in the middle both channels are untouched. */
  gains(name) {
    const { db, pan } = this.stems[name];
    const level = this.isAudible(name) && db > SILENT_DB ? 10 ** (db / 20) : 0;
    return [level * Math.min(1, 1 - pan), level * Math.min(1, 1 + pan)];
  }

  presets() {
    return Object.keys(PRESETS).filter((preset) => {
      const on = this.names.filter(PRESETS[preset]).length;
      return preset === "all" || (on > 0 && on < this.names.length);
    });
  }

  apply(preset) {
    for (const name of this.names) {
      this.stems[name].mute = !PRESETS[preset](name);
      this.stems[name].solo = false;
    }
  }

  isPreset(preset) {
    return this.names.every((name) => this.isAudible(name) === PRESETS[preset](name));
  }

  /** Whether stems are only on or off: no fader or pan of an audible one has been moved. */
  isPlain() {
    return this.names.every((name) => !this.isAudible(name) || (!this.stems[name].db && !this.stems[name].pan));
  }

  /** `vocals=-6.5:m:-30,drums=0:s` : dB, then m(ute), s(olo) or a pan in hundredths; only what is not at its default. */
  encode() {
    const parts = [];
    for (const name of this.names) {
      const { db, pan, mute, solo } = this.stems[name];
      if (!db && !pan && !mute && !solo) continue;
      parts.push([`${name}=${db}`, mute && "m", solo && "s", pan && Math.round(pan * 100)].filter(Boolean).join(":"));
    }
    return parts.join(",");
  }

  decode(text) {
    this.reset();
    for (const part of text.split(",")) {
      const [name, value] = part.split("=");
      if (!this.stems[name] || !value) continue;
      const [db, ...more] = value.split(":");
      const stem = this.stems[name];
      stem.db = Math.max(SILENT_DB, Math.min(LOUDEST_DB, Number(db) || 0));
      for (const each of more) {
        if (each === "m") stem.mute = true;
        else if (each === "s") stem.solo = true;
        else stem.pan = Math.max(-1, Math.min(1, Number(each) / 100 || 0));
      }
    }
  }

  /** A private window may store nothing; then it lasts as long as the page. */
  save() {
    try {
      localStorage.setItem(this.key, this.encode());
    } catch {
      this.key = "";
    }
  }

  load() {
    try {
      this.decode(localStorage.getItem(this.key) ?? "");
    } catch {
      this.key = "";
    }
  }
}
