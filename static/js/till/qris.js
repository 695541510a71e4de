// A QRIS that asks for an amount under a reference, made of the regency's static one without a network.
// EMV QR, merchant presented: two digits tag, two digits length, value; the last field is CRC-16/CCITT-FALSE.
const WAY = "01";
const [STATIC, DYNAMIC] = ["11", "12"];
const AMOUNT = "54";
const [TIP, TIP_FIXED, TIP_PERCENT] = ["55", "56", "57"];
const MORE = "62";
const REFERENCE = "05";
const CHECKSUM = "63";
export const REFERENCE_LENGTH = 25;

// Fields of a payload as [tag, value]. Throws for what is no such payload.
export function parse(payload) {
  const fields = [];
  let at = 0;
  while (at < payload.length) {
    const head = /^(\d\d)(\d\d)$/.exec(payload.slice(at, at + 4));
    const value = head && payload.slice(at + 4, at + 4 + Number(head[2]));
    if (!head || value.length !== Number(head[2])) throw new Error("not a QRIS");
    fields.push([head[1], value]);
    at += 4 + value.length;
  }
  return fields;
}

const write = (fields) => fields.map(([tag, value]) => `${tag}${String(value.length).padStart(2, "0")}${value}`).join("");

export function checksum(text) {
  let crc = 0xffff;
  for (const letter of text) {
    crc ^= letter.charCodeAt(0) << 8;
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 0x8000 ? ((crc << 1) ^ 0x1021) & 0xffff : (crc << 1) & 0xffff;
  }
  return crc.toString(16).toUpperCase().padStart(4, "0");
}

export function isIntact(payload) {
  try {
    const fields = parse(payload);
    const [tag, sum] = fields.at(-1);
    const { [WAY]: way = STATIC } = Object.fromEntries(fields);
    return tag === CHECKSUM && [STATIC, DYNAMIC].includes(way) && checksum(payload.slice(0, -4)) === sum.toUpperCase();
  } catch {
    return false;
  }
}

// Throws for a payload that is not intact.
export function dynamic(payload, amount, reference) {
  if (!isIntact(payload)) throw new Error("not an intact QRIS");
  const dropped = [CHECKSUM, AMOUNT, WAY, TIP, TIP_FIXED, TIP_PERCENT];
  const fields = new Map(parse(payload).filter(([tag]) => !dropped.includes(tag)));
  const more = new Map(parse(fields.get(MORE) ?? ""));
  more.set(REFERENCE, reference.slice(0, REFERENCE_LENGTH));
  fields.set(WAY, DYNAMIC).set(AMOUNT, String(amount)).set(MORE, write(sorted(more)));
  const body = `${write(sorted(fields))}${CHECKSUM}04`;
  return body + checksum(body);
}

const sorted = (fields) => [...fields].sort(([one], [other]) => one.localeCompare(other));
