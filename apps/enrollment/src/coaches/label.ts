/**
 * One spelling for labels that people write in several ways: "Giving Feedback", "giving feedback " and
 * "giving-feedback" are the same theme. Lower case; runs of anything but letters and digits become one hyphen.
 */
export function fold(label: string): string {
  return label
    .normalize('NFC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-|-$/g, '');
}

/**
 * Orders external references by UTF-16 code units: the same on every machine, whatever its locale.
 */
export function byReference(a: { externalRef: string }, b: { externalRef: string }): number {
  return a.externalRef < b.externalRef ? -1 : a.externalRef > b.externalRef ? 1 : 0;
}
