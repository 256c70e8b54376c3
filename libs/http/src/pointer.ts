/** A JSON pointer (RFC 6901) of at most 200 characters: a name that somebody made up is not repeated at any length. */
export function pointerTo(path: readonly (string | number)[]): string {
  const pointer = path.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
  return pointer.length <= 200 ? pointer : `${pointer.slice(0, 199).toWellFormed()}…`;
}
