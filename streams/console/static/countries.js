// Countries by name, from the browser's own list.

const names = new Intl.DisplayNames("en", { type: "region", fallback: "none" });
const NONE = new Set(["EU", "EZ", "UN", "QO", "XA", "XB", "ZZ"]);
const LETTERS = [..."ABCDEFGHIJKLMNOPQRSTUVWXYZ"];

export const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().replace(/[^\p{L}\p{N}]+/gu, " ").trim();

export function nameOf(code) {
  try {
    return names.of(code) ?? code;
  } catch {
    return code;
  }
}

const CODES = LETTERS.flatMap((a) => LETTERS.map((b) => a + b)).filter((code) => !NONE.has(code) && nameOf(code) !== code);
const byName = new Map(CODES.map((code) => [fold(nameOf(code)), code]));
for (const [name, code] of [["britain", "GB"], ["uk", "GB"], ["usa", "US"], ["burma", "MM"], ["turkey", "TR"], ["ivory coast", "CI"],
  ["palestine", "PS"], ["dr congo", "CD"], ["czech republic", "CZ"], ["myanmar", "MM"]]) byName.set(name, code);
const longest = [...byName.keys()].sort((a, b) => b.length - a.length);

// The code of a country given by code or name; null for none.
export const codeOf = (text) => (/^[A-Za-z]{2}$/.test(text.trim()) && CODES.includes(text.trim().toUpperCase())
  ? text.trim().toUpperCase() : byName.get(fold(text)) ?? null);

// The first country named in folded words, and what is left of them.
export function countryIn(words) {
  const padded = ` ${words} `;
  const name = longest.find((n) => padded.includes(` ${n} `));
  return name ? { code: byName.get(name), name, rest: padded.replace(` ${name} `, " ").trim() } : { code: null, name: "", rest: words };
}
