import type { TestApp } from './app.js';
import { expectStatus } from './given.js';

export const COACH = {
  name: 'Rosa Lind',
  levels: ['manager', 'director'],
  years: 12,
  specialties: ['giving-feedback'],
  styles: ['direct'],
  languages: ['en'],
  hours: 'mon-fri 09:00-17:00',
  zone: 'Europe/Berlin',
  capacity: 2,
  approved: true,
};

/** An approved coach. */
export async function coach(app: TestApp, externalRef: string, some: object = {}): Promise<string> {
  const body = { ...COACH, externalRef, ...some };
  return expectStatus(201, await app.as('hr').post('/coaches', body)).coachId;
}
