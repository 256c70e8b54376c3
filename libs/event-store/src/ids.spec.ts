import { describe, expect, it } from '@jest/globals';
import { CAIRN_NAMESPACE, derivedId, eventId, newId } from './ids.js';

describe('ids', () => {
  it('that are derived stay the same for ever', () => {
    const commandId = derivedId(CAIRN_NAMESPACE, 'tenant|subject|POST|/sessions/v1/sessions|key');
    expect(commandId).toBe('c635828d-e442-529d-bd7d-bbec947139f7');
    expect(eventId(commandId, 0)).toBe('e8104a9f-29cc-5658-9a87-b24613fbea64');
    expect(eventId(commandId, 1)).not.toBe(eventId(commandId, 0));
  });

  it('that are minted sort by time', async () => {
    const first = newId();
    await new Promise((resolve) => setTimeout(resolve, 2));
    expect(newId() > first).toBe(true);
    expect(first[14]).toBe('7');
  });
});
