// Makes a FLAC file of some frames of a longer one, so that any strict decoder accepts it.
//
// A frame's header carries its number, and two checksums guard it (RFC 9639, section 9). Frames from the middle
// of a song are numbered from zero again, and both checksums are computed again; the samples are unchanged.

const MAX_HEADER = 16; // bytes
const MIN_FRAME = 8; // bytes

const crc8 = table(8, 0x07);
const crc16 = table(16, 0x8005);

/** @param streaminfo 34 bytes  @param samples per channel  @param frames whole frames, one after another */
export function flacFile(streaminfo, samples, frames) {
  const file = new Uint8Array(8 + streaminfo.length + frames.length);
  file.set([0x66, 0x4c, 0x61, 0x43, 0x80, 0, 0, streaminfo.length]);
  file.set(streaminfo, 8);
  const info = new DataView(file.buffer, 8);
  info.setUint32(4, 0); // smallest and largest frame: not known
  info.setUint16(8, 0);
  info.setUint8(13, info.getUint8(13) & 0xf0); // the highest four of 36 bits of length
  info.setUint32(14, samples);
  file.fill(0, 8 + 18, 8 + 34); // the MD5 of another length would not fit
  const end = renumber(frames, file, 8 + streaminfo.length);
  return file.buffer.slice(0, end);
}

/** Copy frames to `out` from `to` on, numbered from zero; returns where they end. */
function renumber(frames, out, to) {
  let frame = header(frames, 0);
  if (!frame) throw new Error("a segment that begins with no frame");
  const first = frame.number;
  let begin = 0;
  while (frame) {
    const next = nextHeader(frames, begin, frame);
    const end = next ? next.at : frames.length;
    to = write(frames, begin, end, frame, frame.number - first, out, to);
    [begin, frame] = [end, next];
  }
  return to;
}

function write(frames, begin, end, { numberEnd, length }, number, out, to) {
  const start = to;
  out.set(frames.subarray(begin, begin + 4), to);
  to = writeNumber(number, out, to + 4);
  out.set(frames.subarray(begin + numberEnd, begin + length), to); // block size and rate, where they stand
  to += length - numberEnd;
  out[to] = checksum8(out, start, to);
  to += 1;
  const body = frames.subarray(begin + length + 1, end - 2);
  out.set(body, to);
  to += body.length;
  const sum = checksum16(out, start, to);
  out[to] = sum >> 8;
  out[to + 1] = sum & 0xff;
  return to + 2;
}

/** The header at a place, or null: {at, number, numberEnd, length} with `length` up to its checksum. */
function header(data, at) {
  if (data[at] !== 0xff || (data[at + 1] & 0xfe) !== 0xf8 || data[at + 3] & 1) return null;
  const first = data[at + 4];
  const more = first < 0x80 ? 0 : Math.clz32(~(first << 24)) - 1;
  if (more < 0 || more > 6 || (first >= 0x80 && more === 0)) return null;
  let number = more ? first & (0x3f >> more) : first;
  for (let k = 1; k <= more; k += 1) number = number * 64 + (data[at + 4 + k] & 0x3f);
  const numberEnd = 5 + more;
  const block = { 6: 1, 7: 2 }[data[at + 2] >> 4] ?? 0;
  const rate = { 12: 1, 13: 2, 14: 2 }[data[at + 2] & 15] ?? 0;
  const length = numberEnd + block + rate;
  if (length >= MAX_HEADER || checksum8(data, at, at + length) !== data[at + length]) return null;
  return { at, number, numberEnd, length };
}

/** The header of the next frame: the next in number. */
function nextHeader(data, begin, { number }) {
  const fixed = data[begin + 1] === 0xf8;
  for (let at = begin + MIN_FRAME; at < data.length - MIN_FRAME; at += 1) {
    at = data.indexOf(0xff, at);
    if (at < 0) return null;
    const found = header(data, at);
    if (found && (fixed ? found.number === number + 1 : found.number > number)) return found;
  }
  return null;
}

/** As UTF-8 would write it. Segments are short: two bytes of continuation are plenty, four are allowed. */
function writeNumber(number, out, to) {
  if (number < 0x80) {
    out[to] = number;
    return to + 1;
  }
  let more = 1;
  while (number >= 2 ** (6 * more + 6 - more)) more += 1;
  out[to] = ((0xff00 >> (more + 1)) & 0xff) | (number >> (6 * more));
  for (let k = 1; k <= more; k += 1) out[to + k] = 0x80 | ((number >> (6 * (more - k))) & 0x3f);
  return to + more + 1;
}

function checksum8(data, from, to) {
  let value = 0;
  for (let k = from; k < to; k += 1) value = crc8[value ^ data[k]];
  return value;
}

function checksum16(data, from, to) {
  let value = 0;
  for (let k = from; k < to; k += 1) value = ((value << 8) & 0xffff) ^ crc16[(value >> 8) ^ data[k]];
  return value;
}

function table(bits, polynomial) {
  const [top, mask] = [2 ** (bits - 1), 2 ** bits - 1];
  return Array.from({ length: 256 }, (_, start) => {
    let value = start << (bits - 8);
    for (let k = 0; k < 8; k += 1) value = (value & top ? (value << 1) ^ polynomial : value << 1) & mask;
    return value;
  });
}
