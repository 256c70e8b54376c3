/** Faults are what these specs are about; unless somebody asked for more, what is logged of them is not shown. */
export function quiet(): void {
  if ((process.env['LOG_LEVEL'] ?? 'error') === 'error') process.env['LOG_LEVEL'] = 'fatal';
}
