// Where the beats of a song lie near a moment, by its waveform: for counting in at the song's own tempo.
//
//   peaks     ▁▇▃▁▁▅▂▁▁▇▃▁▁▅▂▁      rises of the drums' outline (or of all stems')
//   rises      │   │   │   │        how well they fit themselves, moved by a period: that period's strength
//   beats      ^   ^   ^   ^        then the moment in that period at which most of them fall

const SPAN_S = 12; // of the song on either side of the moment; tempo drifts over more
const [FASTEST_S, SLOWEST_S] = [0.3, 1.0]; // 200 to 60 beats a minute
const USUAL_S = 0.5; // people count at about this pace: it decides between a tempo and its double
const STEP_S = 0.0005;
const FITS = 4; // periods over which a period has to fit
const NEAR = 0.03; // share by which a first guess of the period may be wrong
const MIDDLE = 0.5; // of a peak: it tells of a twentieth of a second, and a beat is anywhere in it
const SURE = 0.12; // of the rises' own energy: less is no beat
const SLACK_S = 0.07; // a beat so near the moment is the song's own first, and is not clicked
const PLAIN_S = 0.6; // where a song has no clear beat: 100 a minute

export const CLICKS = 4;

/** Seconds, from the first click on: when each click comes, and when the song goes on. */
export function countIn(peaks, moment) {
  const beat = beatAt(peaks, moment);
  const period = beat?.period ?? PLAIN_S;
  const last = beat ? moment - since(moment - SLACK_S - beat.start, period) - SLACK_S : moment - period;
  const first = last - (CLICKS - 1) * period;
  return { clicks: Array.from({ length: CLICKS }, (_, k) => k * period), length: moment - first };
}

/** {period, start}, in seconds, of the beats around a moment; null where there are none to speak of. */
export function beatAt({ per_s: rate, stems }, moment) {
  const rises = risesOf(stems, Math.round((moment - SPAN_S) * rate), Math.round((moment + SPAN_S) * rate));
  const energy = rises.reduce((sum, each) => sum + each * each, 0);
  if (!energy) return null;
  let best = { score: 0 };
  for (let period = FASTEST_S; period <= SLOWEST_S; period += STEP_S) {
    const pace = Math.exp(-0.5 * (Math.log2(period / USUAL_S) / 0.9) ** 2);
    const fit = fitOf(rises, period * rate) / energy;
    if (fit * pace > best.score) best = { score: fit * pace, fit, period };
  }
  if (!(best.fit > SURE)) return null;
  const first = Math.max(0, Math.round((moment - SPAN_S) * rate));
  return finer(rises, best.period, rate, first);
}

/** The period around a rough one, and the moment in it, at which beats fall best over the whole span. */
function finer(rises, rough, rate, first) {
  let best = { sum: -1 };
  for (let period = rough * (1 - NEAR); period <= rough * (1 + NEAR); period += rough * NEAR * 0.05) {
    const { phase, sum } = phaseOf(rises, period * rate);
    if (sum > best.sum) best = { sum, period, start: (first + phase + MIDDLE) / rate };
  }
  return best;
}

/** How much each peak is above the one before, between two peaks: of the drums, or of all where there are none. */
function risesOf(stems, from, to) {
  const outlines = stems.drums?.some((each) => each > 8) ? [stems.drums] : Object.values(stems);
  const [first, last] = [Math.max(0, from), Math.min(to, outlines[0]?.length ?? 0)];
  const sum = (at) => outlines.reduce((all, each) => all + (each[at] ?? 0), 0);
  return Array.from({ length: Math.max(0, last - first) }, (_, k) => (k ? Math.max(0, sum(first + k) - sum(first + k - 1)) : 0));
}

/** How well rises fit themselves when they are moved by one period, two …; between two peaks by their mean. */
function fitOf(rises, period) {
  let fit = 0;
  for (let times = 1; times <= FITS; times += 1) {
    const moved = Math.floor(times * period);
    const part = times * period - moved;
    for (let k = 0; k + moved + 1 < rises.length; k += 1) {
      fit += rises[k] * ((1 - part) * rises[k + moved] + part * rises[k + moved + 1]);
    }
  }
  return fit / FITS;
}

/** {phase, sum}: where in a period most rises fall, in peaks, and how much of them. */
function phaseOf(rises, period) {
  let best = { phase: 0, sum: -1 };
  for (let phase = 0; phase < period; phase += 0.25) {
    let sum = 0;
    for (let at = phase; at < rises.length - 1; at += period) {
      const k = Math.floor(at);
      sum += rises[k] * (1 - (at - k)) + rises[k + 1] * (at - k);
    }
    if (sum > best.sum) best = { phase, sum };
  }
  return best;
}

/** How long ago the last of evenly spaced beats was. */
function since(seconds, period) {
  return ((seconds % period) + period) % period;
}
