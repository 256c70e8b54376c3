import { requireVersion, type CommandContext } from '@cairn/http';

type Given = Pick<CommandContext, 'ifMatch'>;

/**
 * That a thing still is as the giver of a command saw it, where they say with If-Match what that was.
 * @throws RefusedError 412 with the current version
 */
export function requireUnchanged({ ifMatch }: Given, version: number): void {
  if (ifMatch !== undefined) requireVersion(ifMatch, version);
}

/** The same for what overwrites settings that several people keep: they have to say it. @throws RefusedError 412, 428 */
export function requireSeen({ ifMatch }: Given, version: number): void {
  requireVersion(ifMatch, version);
}
