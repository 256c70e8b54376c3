import { describe, expect, it } from '@jest/globals';
import { RefusedError } from '@cairn/decider';
import { actingFor } from './acting.js';
import type { Subject } from './subject.js';

const ID = '0190a1b2-0000-7000-8000-000000000002';
const integration: Subject = { tenantId: 't', subject: 'hris', roles: ['integration'], sensitive: true };

function refusal(subject: Subject, header: string) {
  try {
    actingFor(subject, header);
  } catch (error) {
    return (error as RefusedError).refusal.kind;
  }
  return undefined;
}

describe('acting for somebody', () => {
  it('makes integration that person, in its own tenant, without its sensitive right', () => {
    expect(actingFor(integration, `coachee:${ID}`)).toEqual({
      tenantId: 't',
      subject: 'hris',
      roles: ['coachee'],
      personId: ID,
      sensitive: false,
    });
    expect(actingFor(integration, `coach:${ID}`)).toMatchObject({ roles: ['coach'], coachId: ID });
    expect(actingFor(integration, 'program-admin')).toMatchObject({ roles: ['program-admin'] });
    expect(actingFor(integration, `hr:${ID}`)).toMatchObject({ roles: ['hr'], personId: ID });
  });

  it.each([
    '',
    'coachee',
    'coach',
    'coachee:',
    'coachee:10158',
    `king:${ID}`,
    'integration',
    `coachee:${ID}:x`,
  ])('is refused as malformed: %p', (header) => expect(refusal(integration, header)).toBe('malformed'));

  it('is for integration alone', () => {
    expect(refusal({ ...integration, roles: ['hr'] }, `coachee:${ID}`)).toBe('forbidden');
  });
  it('is for nobody in HR, whose limits it would leave behind', () => {
    expect(refusal({ ...integration, roles: ['integration', 'hr'] }, `coachee:${ID}`)).toBe('forbidden');
  });
});
