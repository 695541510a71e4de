// The PIN that opens the till again after a while. It keeps curious hands off the phone; what is kept is not the PIN.
const ROUNDS = 120_000;
const FREE_TRIES = 3;
const FIRST_WAIT = 30;
const LONGEST_WAIT = 3600;

export const isPin = (text) => /^\d{4,6}$/.test(text);

export async function hashed(pin, salt = crypto.getRandomValues(new Uint8Array(16))) {
  const secret = await crypto.subtle.importKey("raw", new TextEncoder().encode(pin), "PBKDF2", false, ["deriveBits"]);
  const way = { name: "PBKDF2", hash: "SHA-256", salt, iterations: ROUNDS };
  return { salt, hash: new Uint8Array(await crypto.subtle.deriveBits(way, secret, 256)) };
}

export async function fits(pin, kept) {
  const { hash } = await hashed(pin, kept.salt);
  return hash.length === kept.hash.length && hash.every((byte, place) => byte === kept.hash[place]);
}

// Seconds to wait after so many wrong tries: three are free, then each wait is twice the one before.
export const waitAfter = (wrong) => (wrong < FREE_TRIES ? 0 : Math.min(FIRST_WAIT * 2 ** (wrong - FREE_TRIES), LONGEST_WAIT));
