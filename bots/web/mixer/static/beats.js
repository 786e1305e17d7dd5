// The beats of a song near a moment, found in its peaks: for a count-in at the song's tempo.
//
//   peaks     ▁▇▃▁▁▅▂▁▁▇▃▁▁▅▂▁      onset strength: onsets of the drums' peaks (or of all stems')
//   rises      │   │   │   │        autocorrelation at a period: that period's strength
//   beats      ^   ^   ^   ^        then the moment in that period at which most of them fall

const SPAN_S = 12; // of the song on either side of the moment; tempo drifts over more
const [FASTEST_S, SLOWEST_S] = [0.3, 1.0]; // 200 to 60 beats a minute
const TYPICAL_S = 0.5; // people count at about this pace: it decides between a tempo and its double
const STEP_S = 0.0005;
const MULTIPLES = 4; // periods over which a period has to fit
const NEAR = 0.03; // share by which a first guess of the period may be wrong
const MIDDLE = 0.5; // of a peak: it tells of a twentieth of a second, and a beat is anywhere in it
const MIN_FIT = 0.12; // of the onsets' own energy: less is no beat
const SLACK_S = 0.07; // a beat so near the moment is the song's own first, and is not clicked
const DEFAULT_S = 0.6; // where a song has no clear beat: 100 a minute

export const CLICKS = 4;

/** Seconds, from the first click on: when each click comes, and when the song goes on. */
export function planCountIn(peaks, moment) {
  const beat = beatAt(peaks, moment);
  const period = beat?.period ?? DEFAULT_S;
  const last = beat ? moment - since(moment - SLACK_S - beat.start, period) - SLACK_S : moment - period;
  const first = last - (CLICKS - 1) * period;
  return { clicks: Array.from({ length: CLICKS }, (_, k) => k * period), length: moment - first };
}

/** {period, start}, in seconds, of the beats around a moment; null where there are none to speak of. */
export function beatAt({ per_s: rate, stems }, moment) {
  const onsets = onsetsOf(stems, Math.round((moment - SPAN_S) * rate), Math.round((moment + SPAN_S) * rate));
  const energy = onsets.reduce((sum, each) => sum + each * each, 0);
  if (!energy) return null;
  let best = { score: 0 };
  for (let period = FASTEST_S; period <= SLOWEST_S; period += STEP_S) {
    const pace = Math.exp(-0.5 * (Math.log2(period / TYPICAL_S) / 0.9) ** 2);
    const fit = autocorrelation(onsets, period * rate) / energy;
    if (fit * pace > best.score) best = { score: fit * pace, fit, period };
  }
  if (!(best.fit > MIN_FIT)) return null;
  const first = Math.max(0, Math.round((moment - SPAN_S) * rate));
  return refine(onsets, best.period, rate, first);
}

/** The period around a rough one, and the moment in it, at which beats fall best over the complete span. */
function refine(onsets, rough, rate, first) {
  let best = { sum: -1 };
  for (let period = rough * (1 - NEAR); period <= rough * (1 + NEAR); period += rough * NEAR * 0.05) {
    const { phase, sum } = phaseOf(onsets, period * rate);
    if (sum > best.sum) best = { sum, period, start: (first + phase + MIDDLE) / rate };
  }
  return best;
}

/** How much each peak is above the one before, between two peaks: of the drums, or of all where there are none. */
function onsetsOf(stems, from, to) {
  const peaks = stems.drums?.some((each) => each > 8) ? [stems.drums] : Object.values(stems);
  const [first, last] = [Math.max(0, from), Math.min(to, peaks[0]?.length ?? 0)];
  const sum = (at) => peaks.reduce((all, each) => all + (each[at] ?? 0), 0);
  return Array.from({ length: Math.max(0, last - first) }, (_, k) => (k ? Math.max(0, sum(first + k) - sum(first + k - 1)) : 0));
}

/** How well onsets fit themselves when they are moved by one period, two …; between two peaks by their mean. */
function autocorrelation(onsets, period) {
  let fit = 0;
  for (let times = 1; times <= MULTIPLES; times += 1) {
    const moved = Math.floor(times * period);
    const part = times * period - moved;
    for (let k = 0; k + moved + 1 < onsets.length; k += 1) {
      fit += onsets[k] * ((1 - part) * onsets[k + moved] + part * onsets[k + moved + 1]);
    }
  }
  return fit / MULTIPLES;
}

/** {phase, sum}: where in a period most onsets fall, in peaks, and how much of them. */
function phaseOf(onsets, period) {
  let best = { phase: 0, sum: -1 };
  for (let phase = 0; phase < period; phase += 0.25) {
    let sum = 0;
    for (let at = phase; at < onsets.length - 1; at += period) {
      const k = Math.floor(at);
      sum += onsets[k] * (1 - (at - k)) + onsets[k + 1] * (at - k);
    }
    if (sum > best.sum) best = { phase, sum };
  }
  return best;
}

/** How long ago the last of evenly spaced beats was. */
function since(seconds, period) {
  return ((seconds % period) + period) % period;
}
