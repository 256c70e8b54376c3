import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** What the stand-in's process is told, and what it answers when that is done. */
export type Told = 'restart' | 'lose answer';
export type Answered = { readonly connectionString: string } | 'restarted' | 'answer lost';

const PROCESS = fileURLToPath(new URL('./stand-in.js', import.meta.url));

/**
 * EventStoreDB's stand-in, in a process of its own. It keeps its events for as long as it lives, so it may be paused and
 * cut off, and is never killed.
 */
export class EventStoreProcess {
  private constructor(
    private readonly child: ChildProcess,
    readonly connectionString: string,
  ) {}

  static async start(): Promise<EventStoreProcess> {
    const child = fork(PROCESS);
    const [{ connectionString }] = (await once(child, 'message')) as [{ connectionString: string }];
    return new EventStoreProcess(child, connectionString);
  }

  get pid(): number {
    return this.child.pid!;
  }

  get port(): number {
    return Number(new URL(this.connectionString).port);
  }

  /** As its clients see a restart: all connections break, and for a moment no new one comes about. */
  async restart(): Promise<void> {
    await this.tell('restart', 'restarted', new AbortController().signal);
  }

  /** It writes the next append and does not answer it. @returns whether one came before `waiting` aborted */
  async loseAnswer(waiting: AbortSignal): Promise<boolean> {
    return this.tell('lose answer', 'answer lost', waiting);
  }

  end(): void {
    this.child.kill('SIGKILL');
  }

  private tell(what: Told, answer: Answered, waiting: AbortSignal): Promise<boolean> {
    return new Promise((resolve) => {
      const done = (heard: boolean) => {
        this.child.off('message', onMessage);
        waiting.removeEventListener('abort', onAbort);
        resolve(heard);
      };
      const onMessage = (message: unknown) => message === answer && done(true);
      const onAbort = () => done(false);
      this.child.on('message', onMessage);
      waiting.addEventListener('abort', onAbort);
      this.child.send(what);
    });
  }
}
