import { v5, v7 } from 'uuid';

/** The namespace of ids derived from words: command ids above all. Fixed for ever: another one makes retries new commands. */
export const CAIRN_NAMESPACE = 'a5d4bf8a-9a11-4081-8ddf-6b66e05037fb';

/** UUIDv5 of `name` within `base`, itself a UUID: the same two always give the same id. */
export const derivedId = (base: string, name: string): string => v5(name, base);

/** The id of the `index`-th event (from 0) of a command: a retry after a crash makes the same ids. */
export const eventId = (commandId: string, index: number): string => derivedId(commandId, String(index));

/** A new id for what is minted at the edge: UUIDv7, so that ids sort by time. */
export const newId = (): string => v7();
