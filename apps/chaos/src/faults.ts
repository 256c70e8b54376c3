import { setTimeout as sleep } from 'node:timers/promises';
import type { Ground } from './ground/ground.js';
import type { Fault, LostAnswer, Link } from './plan.js';

/** An answer that is to be lost is waited for so long, in milliseconds; some come seldom. */
const COMES_WITHIN = 20_000;

const LINK_OF: Readonly<Record<LostAnswer, Link>> = {
  append: 'postgres',
  publish: 'kafka',
  'relay-checkpoint': 'postgres',
  'consumer-checkpoint': 'postgres',
  'projection-checkpoint': 'postgres',
  command: 'http',
};

/** Does what the plan says, and heals it again. Faults of one process or server follow each other; others overlap. */
export class Faults {
  private readonly busy = new Map<string, Promise<unknown>>();
  private readonly noMore = new AbortController();
  /** Answers that were to be lost and did not come. */
  missed = 0;

  constructor(private readonly ground: Ground) {}

  /** Resolves when the fault is over. */
  strike(fault: Fault): Promise<void> {
    return this.inTurn(targetOf(fault), () => this.carryOut(fault));
  }

  /** Waits until all are over, and no more for answers that do not come. */
  async allOver(): Promise<void> {
    this.noMore.abort();
    await Promise.all(this.busy.values());
  }

  private inTurn(target: string, work: () => Promise<void>): Promise<void> {
    const mine = (this.busy.get(target) ?? Promise.resolve()).then(work);
    this.busy.set(target, mine);
    return mine;
  }

  private async carryOut(fault: Fault): Promise<void> {
    const { services, proxies, postgres, kafka } = this.ground;
    switch (fault.kind) {
      case 'kill':
        return services[fault.service].killFor(fault.awayMs);
      case 'pause':
        return services[fault.service].pauseFor(fault.forMs);
      case 'restart': {
        const server = fault.server === 'postgres' ? postgres : kafka;
        if (fault.killed && server.pid !== undefined) process.kill(server.pid, 'SIGKILL');
        return server.restart();
      }
      case 'pause-broker': {
        if (kafka.pid === undefined) return;
        const { pid } = kafka;
        process.kill(pid, 'SIGSTOP');
        await sleep(fault.forMs);
        process.kill(pid, 'SIGCONT');
        return;
      }
      case 'delay': {
        const proxy = proxies[fault.service][fault.link];
        proxy.delay(fault.service, fault.byMs);
        await sleep(fault.forMs);
        proxy.delay(fault.service, 0);
        return;
      }
      case 'cut': {
        const proxy = proxies[fault.service][fault.link];
        proxy.cut(fault.service);
        await sleep(fault.awayMs);
        proxy.restore(fault.service);
        return;
      }
      case 'lose-answer': {
        const proxy = proxies[fault.service][LINK_OF[fault.of]];
        const waiting = AbortSignal.any([AbortSignal.timeout(COMES_WITHIN), this.noMore.signal]);
        if (!(await proxy.loseAnswer(fault.service, fault.of, fault.heldMs, waiting))) this.missed += 1;
      }
    }
  }
}

/** What a fault may not share with another at the same time. */
function targetOf(fault: Fault): string {
  switch (fault.kind) {
    case 'kill':
    case 'pause':
      return fault.service;
    case 'restart':
      return fault.server;
    case 'pause-broker':
      return 'kafka';
    case 'delay':
    case 'cut':
      return `${fault.kind} ${fault.service} ${fault.link}`;
    case 'lose-answer':
      return `lose ${fault.service}`;
  }
}
