import { stringify } from 'csv-stringify/sync';
import { random } from '@cairn/seeded';
import { FAMILY, GIVEN } from './company/names.js';

const STYLES = ['direct', 'supportive', 'challenging', 'reflective'];

/** A coach file for a programme: enough places for everybody, and some more. */
export function coachFile(
  seed: number,
  coachees: number,
  themes: readonly string[],
  zone: string,
): { csv: string; coaches: number } {
  const dice = random(seed, 'coaches');
  const coaches = Math.ceil(coachees / 4) + 2;
  const several = (list: readonly string[], count: number) => {
    const rest = [...list];
    return Array.from(
      { length: count },
      () => rest.splice(Math.floor(dice.next() * rest.length), 1)[0]!,
    ).join('|');
  };
  const rows = Array.from({ length: coaches }, (_, index) => ({
    externalRef: `COACH-${String(index + 1).padStart(3, '0')}`,
    name: `${dice.pick(GIVEN)} ${dice.pick(FAMILY)}`,
    levels: 'manager|director|executive',
    years: dice.between(3, 20),
    specialties: several(themes, 3),
    // The first two have all of them between them: a coachee may wish only for what some coach has.
    styles: index < 2 ? STYLES.slice(2 * index, 2 * index + 2).join('|') : several(STYLES, 2),
    languages: 'en|de',
    hours: 'mon-fri 08:00-19:00',
    zone,
    capacity: 5,
    approved: 'yes',
  }));
  return { csv: stringify(rows, { header: true }), coaches };
}

/** What a coachee prefers, by the dice of their reference. */
export function preferencesOf(seed: number, reference: string, themes: readonly string[], zone: string) {
  const dice = random(seed, `preferences ${reference}`);
  const first = dice.pick(themes);
  const second = dice.pick(themes.filter((theme) => theme !== first));
  return {
    themes: [first, second],
    styles: [dice.pick(STYLES)],
    languages: ['en'],
    zone,
    hours: 'mon-fri 08:00-19:00',
  };
}
