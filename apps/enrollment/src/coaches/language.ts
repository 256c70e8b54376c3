const englishNames = new Intl.DisplayNames('en', { type: 'language', fallback: 'none' });

/** The English name of a language by its ISO 639 code ("de" → "German"); undefined for no such language. */
export function languageName(code: string): string | undefined {
  return /^[a-z]{2,3}$/.test(code) ? englishNames.of(code) : undefined;
}

/**
 * The ISO 639 code in a language tag: "de", "DE" and "de-AT" are all "de", since coach and coachee need a language in
 * common, not a region. Undefined for no such language.
 */
export function languageCode(tag: string): string | undefined {
  const code = tag.trim().split(/[-_]/)[0]!.toLowerCase();
  return languageName(code) === undefined ? undefined : code;
}
