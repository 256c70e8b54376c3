export interface PersonName {
  readonly givenName: string;
  readonly familyName: string;
}

/** White space at the ends and doubled inside carries no meaning in an HR file. */
export const tidy = (text: string): string =>
  /^\s|\s\s|\s$|[^ -~]/.test(text) ? text.normalize('NFC').replace(/\s+/g, ' ').trim() : text;

/** A label as people read it: "k1 " and "K1" are one. */
export const asRead = (label: string): string => tidy(label).toLowerCase();

/** Turn the direction of what follows, so that a text reads as another: overrides, embeddings, isolates. As a range. */
export const BIDI_RANGE = '\\u202a-\\u202e\\u2066-\\u2069';
export const BIDI_CONTROLS = new RegExp(`[${BIDI_RANGE}]`);

/** "Last, First M" or "First M Last". A single word is a family name. */
export function personName(text: string): PersonName {
  const comma = text.indexOf(',');
  if (comma >= 0) return { givenName: tidy(text.slice(comma + 1)), familyName: tidy(text.slice(0, comma)) };
  const words = tidy(text);
  const last = words.lastIndexOf(' ');
  return { givenName: words.slice(0, Math.max(last, 0)), familyName: words.slice(last + 1) };
}

/**
 * Under what a name is found, whichever way round it is written: case, dots, commas and doubled spaces do not count.
 * `full` keeps initials in the middle, `short` leaves them out ("Hugo R. MacNeil" is also "Hugo MacNeil").
 */
export function nameKeys({ givenName, familyName }: PersonName): { full: string; short: string } {
  const full = plain(`${givenName} ${familyName}`);
  const words = full.split(' ');
  if (words.length < 3) return { full, short: full };
  const short = words
    .filter((word, i) => i === 0 || i === words.length - 1 || [...word].length > 1)
    .join(' ');
  return { full, short };
}

/** The `full` key of a name as it stands in a cell or a mapping. */
export const nameKey = (text: string): string => nameKeys(personName(text)).full;

const plain = (text: string): string =>
  (/[^ -~]/.test(text) ? text.normalize('NFKC') : text)
    .replace(/[.,]/g, ' ')
    .replace(/[’‘`´]/g, "'")
    .replace(/\s+/g, ' ')
    .trim()
    .toLowerCase();
