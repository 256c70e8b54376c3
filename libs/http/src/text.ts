/** What a text holds that no database here can keep, or undefined: NUL, or half of a surrogate pair. */
export function unstorable(text: string): 'NUL' | 'a lone surrogate' | undefined {
  if (text.includes('\u0000')) return 'NUL';
  return text.isWellFormed() ? undefined : 'a lone surrogate';
}
