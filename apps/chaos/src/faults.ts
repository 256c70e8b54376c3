import { setTimeout as sleep } from 'node:timers/promises';
import { freeze } from '@cairn/testing';
import type { Ground } from './ground/ground.js';
import { kindOf, type Fault, type Link, type LostAnswer } from './plan.js';
import type { Proxy } from './proxy/proxy.js';
import { STORED, type ServiceName } from './services.js';

/** An answer that is to be lost is waited for so long, in milliseconds; some come seldom. */
const COMES_WITHIN = 20_000;

const LINK_OF: Readonly<Record<LostAnswer, Link>> = {
  append: 'postgres',
  owed: 'postgres',
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
  /** How often each kind has struck. */
  readonly struck = new Map<string, number>();
  /** What had nothing to strike: an answer to be lost that did not come, no connection to cut, a server in a container. */
  missed = 0;

  constructor(private readonly ground: Ground) {}

  /** Resolves when the fault is over. */
  strike(fault: Fault): Promise<void> {
    return this.inTurn(targetOf(fault), async () => {
      const kind = kindOf(fault);
      if ((await this.carryOut(fault)) === 'missed') this.missed += 1;
      else this.struck.set(kind, (this.struck.get(kind) ?? 0) + 1);
    });
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

  private async carryOut(fault: Fault): Promise<void | 'missed'> {
    const { services, postgres, kafka, eventStore } = this.ground;
    switch (fault.kind) {
      case 'kill':
        return services[fault.service].killFor(fault.awayMs);
      case 'pause':
        return services[fault.service].pauseFor(fault.forMs);
      case 'restart': {
        if (fault.server === 'event-store') return eventStore!.restart();
        const server = fault.server === 'postgres' ? postgres : kafka;
        const kills = fault.killed && server.pid !== undefined;
        if (kills) process.kill(server.pid!, 'SIGKILL');
        await server.restart();
        return kills === fault.killed ? undefined : 'missed';
      }
      case 'pause-server': {
        const { pid } = { postgres, kafka, 'event-store': eventStore! }[fault.server];
        if (pid === undefined) return 'missed';
        const goOn = freeze(pid);
        await sleep(fault.forMs);
        goOn();
        return;
      }
      case 'delay': {
        const proxy = this.proxyOf(fault.service, fault.link);
        proxy.delay(fault.service, fault.byMs);
        await sleep(fault.forMs);
        proxy.delay(fault.service, 0);
        return;
      }
      case 'cut': {
        const proxy = this.proxyOf(fault.service, fault.link);
        const connections = proxy.cut(fault.service);
        await sleep(fault.awayMs);
        proxy.restore(fault.service);
        return connections > 0 ? undefined : 'missed';
      }
      case 'lose-answer': {
        const waiting = AbortSignal.any([AbortSignal.timeout(COMES_WITHIN), this.noMore.signal]);
        return (await this.loseAnswer(fault.service, fault.of, fault.heldMs, waiting)) ? undefined : 'missed';
      }
    }
  }

  private async loseAnswer(
    service: ServiceName,
    of: LostAnswer,
    heldMs: number,
    waiting: AbortSignal,
  ): Promise<boolean> {
    const { eventStore } = this.ground;
    if (of !== 'append' || !eventStore || !isStored(service))
      return this.proxyOf(service, LINK_OF[of]).loseAnswer(service, of, heldMs, waiting);
    // Its protocol is not read along: the server itself keeps an answer back, whichever of the services it is for.
    if (!(await eventStore.loseAnswer(waiting))) return false;
    await sleep(heldMs);
    for (const each of STORED) {
      this.proxyOf(each, 'event-store').cut(each);
      this.proxyOf(each, 'event-store').restore(each);
    }
    return true;
  }

  private proxyOf(service: ServiceName, link: Link): Proxy {
    return this.ground.proxies[service][link]!;
  }
}

const isStored = (service: ServiceName): boolean => STORED.some((each) => each === service);

/** What a fault may not share with another at the same time. */
function targetOf(fault: Fault): string {
  switch (fault.kind) {
    case 'kill':
    case 'pause':
      return fault.service;
    case 'restart':
    case 'pause-server':
      return fault.server;
    case 'delay':
    case 'cut':
      return `${fault.kind} ${fault.service} ${fault.link}`;
    case 'lose-answer':
      return `lose ${fault.service}`;
  }
}
