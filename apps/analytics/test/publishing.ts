import { contracts, type EventName, type Published, type ReceivedContract } from '@cairn/contracts';
import { v5 } from 'uuid';

const NAMESPACE = '6f2b1c1e-54a1-4a53-9a5f-0d9a4d3b7c11';
export const idOf = (name: string): string => v5(name, NAMESPACE);
export const TENANT = idOf('tenant');

/** `01-14 09:00` → the instant in 2026, UTC. */
export const utc = (text: string): string => {
  const [day, time = '00:00'] = text.split(' ');
  return `2026-${day}T${time}:00.000Z`;
};

export const plus = (instant: string, milliseconds: number): string =>
  new Date(Date.parse(instant) + milliseconds).toISOString();

/** What the services of the tenant published, one event after another. */
export function publishing() {
  const versions = new Map<string, number>();
  const positions = new Map<string, number>();
  const events: ReceivedContract[] = [];

  /** Publishes one event of a stream; learnt 200 ms after it happened, unless told otherwise. */
  function say<Name extends EventName>(
    stream: string,
    name: Name,
    at: string,
    data: Published<Name>,
    recordedAt = plus(at, 200),
  ): void {
    const contract = contracts.get(name)!;
    const version = (versions.get(stream) ?? 0) + 1;
    versions.set(stream, version);
    const position = (positions.get(contract.context) ?? 0) + 1;
    positions.set(contract.context, position);
    const id = idOf(`${stream}/${version}`);
    events.push({
      name,
      data,
      envelope: {
        specversion: '1.0',
        id,
        type: contract.type,
        source: `/cairn/${contract.context}`,
        subject: stream,
        time: at,
        datacontenttype: 'application/json',
        dataschema: `urn:cairn:schema:${contract.context}:v1:${name}`,
        tenantid: TENANT,
        streamversion: version,
        recordedtime: recordedAt,
        correlationid: id,
        causationid: id,
        log: '1',
        logposition: String(position).padStart(16, '0'),
        logindex: 0,
        data,
      },
    } as unknown as ReceivedContract);
  }

  return { events: events as readonly ReceivedContract[], say };
}
