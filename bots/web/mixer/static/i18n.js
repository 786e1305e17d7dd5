// The page's sentences and numbers in the person's language; the sentences are those that the server wrote into it.

const sentences = JSON.parse(document.getElementById("translations").textContent);

/** The sentence for a key, with values filled in: `translate("wave.position", {at: "1:02"})`. */
export function translate(key, values = {}) {
  return (sentences[key] ?? key).replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
}

/** The name of a stem as people read it. */
export function stemName(name) {
  return sentences[`stem.${name}`] ?? name;
}

/** 65 → "1:05" */
export function clock(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const tail = String(rest).padStart(2, "0");
  return hours ? `${hours}:${String(minutes).padStart(2, "0")}:${tail}` : `${minutes}:${tail}`;
}

/** A number as it is written in the page's language. */
export function formatNumber(value, options) {
  return new Intl.NumberFormat(document.documentElement.lang || undefined, options).format(value);
}

/** 0.75 → "75%" */
export function formatPercent(share) {
  return formatNumber(share, { style: "percent" });
}

/** 12345678 → "12.3 MB" */
export function formatSize(bytes) {
  return formatNumber(bytes / 1e6, { style: "unit", unit: "megabyte", minimumFractionDigits: 1, maximumFractionDigits: 1 });
}

/** −6.5 → "−6.5 dB"; the fader's lowest position is "off". */
export function decibels(db, silent) {
  if (db <= silent) return translate("volume.off");
  return `${db > 0 ? "+" : db < 0 ? "−" : ""}${formatNumber(Math.abs(db), { minimumFractionDigits: 1, maximumFractionDigits: 1 })} dB`;
}
