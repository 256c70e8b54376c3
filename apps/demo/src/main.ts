import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Client, type Json } from './api/client.js';
import { generateCompany, generatedMapping } from './company/generate.js';
import { readMapping, shippedMapping, type Mapping } from './company/mapping.js';
import { readHrFile, type HrFile } from './company/snapshot.js';
import { addDays, addMonths } from './days.js';
import { cast, leaversOf, live } from './life.js';
import { DemoError, readOptions } from './options.js';
import { all, bringCoaches, enrol, matchCohort, MINIMUM_GROUP, openProgramme, ZONE } from './programme.js';
import { compare, found, lastMoment, readAll } from './proof/proof.js';
import { bad, faint, fixed, good, heading, say } from './report/print.js';
import { printBaseline, printReport, readReport } from './report/report.js';
import { CHECKOUT, openRun, tokensOf, type Run } from './run.js';

interface Company {
  readonly text: string;
  readonly file: HrFile;
  readonly mapping: Mapping;
  /** Cairn has it already. */
  readonly shipped: boolean;
  readonly snapshotDate: string;
  readonly said: string;
}

/** The HR file that the story is about, and how it is to be read. @throws DemoError */
async function companyOf({ options, begunOn }: Run): Promise<Company> {
  const { hris, seed, months } = options;
  if (hris === undefined) {
    // It ends yesterday, so that all of it has happened.
    const snapshotDate = options.start ?? addMonths(addDays(begunOn, -1), -months);
    const text = generateCompany(seed, snapshotDate);
    return {
      text,
      file: readHrFile(text),
      mapping: generatedMapping(snapshotDate),
      shipped: false,
      snapshotDate,
      said: 'a company made up for the demo',
    };
  }
  const text = await readFile(hris, 'utf8').catch((error: Error) => {
    throw new DemoError(`The HR file cannot be read: ${error.message}`);
  });
  const file = readHrFile(text);
  const { mapping, name } =
    options.mapping === undefined
      ? await shippedMapping(join(CHECKOUT, 'apps/enrollment/mappings'), file.header).then((one) => ({
          ...one,
          name: one.file,
        }))
      : { mapping: await readMapping(options.mapping), name: options.mapping };
  const { snapshotDate } = mapping;
  if (snapshotDate === undefined)
    throw new DemoError(`The mapping ${name} says no snapshotDate: the day whose state the file shows.`);
  return {
    text,
    file,
    mapping,
    snapshotDate,
    shipped: options.mapping === undefined,
    said: `${hris}, read by ${name}`,
  };
}

async function main(): Promise<boolean> {
  const run = await openRun(readOptions(process.argv.slice(2), process.env));
  const { seed, months, url } = run.options;
  const began = Date.now();
  const client = new Client(url, await tokensOf(run, process.env), run.id);
  client.onTrouble = (message) => say(`\n  ${message}`);

  const company = await companyOf(run);
  const startsOn = run.options.start ?? company.snapshotDate;
  if (addMonths(startsOn, months) > addDays(run.begunOn, 1))
    throw new DemoError(
      `${months} months from ${startsOn} end in the future, where nothing has happened yet. Choose an earlier --start or fewer --months.`,
    );
  heading('A coaching programme, from an HR file to HR’s report');
  say(`  ${company.said}\n  tenant ${run.tenantId} at ${url}, seed ${seed}`);

  heading('People');
  const { text, mapping, snapshotDate } = company;
  if (!company.shipped)
    await client.give({
      label: 'mapping',
      method: 'PUT',
      path: `/enrollment/v1/people/mappings/${mapping.name}`,
      body: mapping,
    });
  const importing = (label: string, csv: string, date: string): Promise<Json> =>
    client.give({
      label,
      path: `/enrollment/v1/people/imports?mapping=${mapping.name}&snapshotDate=${date}`,
      body: csv,
      contentType: 'text/csv',
    });
  const report = await importing('people', text, snapshotDate);
  say(`  ${JSON.stringify(report.counts)}`);
  const people = await all(client, '/enrollment/v1/people?limit=500');
  const names = new Map<string, string>(people.map((person) => [person.personId, person.name]));
  const references = new Map<string, string>(
    people.map((person) => [person.personId, person.employeeId ?? '']),
  );
  const nameOf = (id: string) => names.get(id) ?? id;

  // Who can leave later is read from the first file's people: a resumed run may find some of them gone already.
  const current = await run.once('current', () =>
    Promise.resolve(
      people
        .filter(({ status, employeeId }) => status !== 'left' && employeeId !== null)
        .map(({ employeeId }) => employeeId as string),
    ),
  );

  const baselinePath = `/analytics/v1/manager-baseline?from=${addDays(addMonths(snapshotDate, -12), 1)}&to=${snapshotDate}`;
  await client.until(
    'analytics to know the people',
    baselinePath,
    ({ totals }) => totals.employedOnFirstDay > 0,
  );
  await delay(500);
  await readAll(client);
  const baseline = await client.get(baselinePath);
  printBaseline(baseline, nameOf);

  heading('The programme');
  const { programme, eligible, assessed } = await run.once('programme', () =>
    openProgramme(client, startsOn, months),
  );
  say(
    `  ${assessed} people looked at; the rules leave ${eligible.length}: who leads a team of three or more that is under strain`,
  );
  if (eligible.length < MINIMUM_GROUP)
    throw new DemoError('Too few people are eligible for a programme. Try another file, or another seed.');
  await bringCoaches(client, programme, eligible.length, seed);
  const coachees = await enrol(client, programme, eligible, seed);
  const fit = await matchCohort(client, programme, coachees);
  const planted = cast(programme, coachees, seed);
  say(`  ${planted.stories.size} matched at the optimum, mean fit ${fixed(fit, 2)}`);

  heading(`${months} months`);
  const keep = new Set(coachees.map(({ employeeId }) => employeeId));
  await live(client, programme, coachees, planted, async () => {
    const { csv } = leaversOf(company.file, mapping, current, planted, programme, keep, seed);
    await importing('people later', csv, planted.middle);
  });

  const events = await readAll(client);
  const asOf = lastMoment(programme);
  const read = await readReport(client, programme, baselinePath, asOf);
  printReport(read, nameOf, (id) => references.get(id) ?? id, asOf);
  const differing = compare(read, events, programme, asOf);
  const inTime = await found(client, events, programme, planted);
  say(
    `\n${client.commands} commands in ${((Date.now() - began) / 1000).toFixed(0)} s; tenant ${run.tenantId}, zone ${ZONE}`,
  );
  say(faint(`To look around: npm run --silent token -- --role hr --tenant ${run.tenantId}`));
  const passed = differing === 0 && inTime;
  say(passed ? good('The report holds.') : bad('The report does NOT hold.'));
  return passed;
}

await main().then(
  (passed) => (process.exitCode = passed ? 0 : 1),
  (error: Error) => {
    process.stderr.write(
      `\n${error instanceof DemoError ? error.message : (error.stack ?? error.message)}\n`,
    );
    process.exitCode = 1;
  },
);
