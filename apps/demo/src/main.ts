import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Client, Refused, type Json } from './api/client.js';
import { aroundOf } from './around.js';
import { cast } from './casting.js';
import { generateCompany, generatedMapping } from './company/generate.js';
import { readMapping, shippedMapping, type Mapping } from './company/mapping.js';
import { readHrFile, type HrFile } from './company/snapshot.js';
import { addDays, addMonths, type Day } from './days.js';
import { halfwayFile, live } from './life.js';
import { DemoError, readOptions, USAGE } from './options.js';
import { bringCoaches, enrol, matchCohorts, openProgramme, ZONE } from './programme.js';
import { readAll } from './proof/feed.js';
import { foretell } from './proof/foretell.js';
import { compare, lastMoment } from './proof/proof.js';
import { found } from './proof/planted.js';
import { bad, counted, faint, fixed, good, heading, say } from './report/print.js';
import { printBaseline, printReport, readReport } from './report/report.js';
import { CHECKOUT, openRun, tokensOf, type Run } from './run.js';

const SHIPPED = join(CHECKOUT, 'apps/enrollment/mappings');

interface Company {
  readonly file: HrFile;
  readonly mapping: Mapping;
  /** Cairn has the mapping already. */
  readonly shipped: boolean;
  readonly snapshotDate: Day;
  readonly said: string;
}

/** The HR file that the story is about, and how it is to be read. @throws DemoError */
async function companyOf({ options, begunOn }: Run): Promise<Company> {
  const { hris, seed, months } = options;
  if (hris === undefined) {
    // It ends yesterday, so that all of it has happened.
    const snapshotDate = options.start ?? addMonths(addDays(begunOn, -1), -months);
    return {
      file: readHrFile(generateCompany(seed, snapshotDate)),
      mapping: generatedMapping(snapshotDate),
      shipped: false,
      snapshotDate,
      said: 'a company made up for the demo',
    };
  }
  const bytes = await readFile(hris).catch((error: Error) => {
    throw new DemoError(`The HR file cannot be read: ${error.message}.`);
  });
  const given = options.mapping === undefined ? undefined : await readMapping(options.mapping);
  const file = readHrFile(bytes, given);
  const { mapping, name } =
    given === undefined
      ? await shippedMapping(SHIPPED, file.header)
      : { mapping: given, name: options.mapping! };
  const { snapshotDate, leftOn } = mapping;
  if (snapshotDate === undefined)
    throw new DemoError(`The mapping ${name} says no snapshotDate: the day whose state the file shows.`);
  if (leftOn === undefined)
    throw new DemoError(`The mapping ${name} says no leftOn, the column by which the demo has people leave.`);
  return {
    file,
    mapping,
    snapshotDate,
    shipped: dirname(name) === SHIPPED,
    said: `${hris}, read by ${name}`,
  };
}

/** Imports a file as far as its rows are sound. @throws DemoError where nothing of it could be applied */
async function importPeople(client: Client, label: string, { mapping }: Company, csv: Buffer, date: Day) {
  const report = await client.give({
    label,
    path: `/enrollment/v1/people/imports?mapping=${encodeURIComponent(mapping.name)}&snapshotDate=${date}&partial=true`,
    body: csv,
    contentType: 'text/csv',
  });
  const { counts, status, rejected } = report;
  const told = ['created', 'updated', 'unchanged', 'ended', 'rejected']
    .filter((what) => counts[what] > 0)
    .map((what) => `${counts[what]} ${what}`);
  say(`  ${counted(counts.rows, 'row')}: ${told.join(', ')}`);
  if (counts.placeholdersCreated > 0)
    say(`  ${counted(counts.placeholdersCreated, 'manager')} not in the file, kept as placeholders`);
  for (const { line, column, code, expected } of (rejected ?? []).slice(0, 3))
    say(`  line ${line}${column ? `, ${column}` : ''}: ${code}; expected ${expected}`);
  const unresolved = report.managers?.unresolved ?? [];
  if (unresolved.length > 0)
    say(
      faint(
        `  managers whom the file does not settle, for the mapping to say: ${unresolved.map(({ name }: Json) => name).join(', ')}`,
      ),
    );
  if (status === 'rejected' || status === 'held')
    throw new DemoError(`Cairn has not applied the file: it is ${status}.`);
}

/** The whole story. @returns whether the report holds */
async function main(run: Run): Promise<boolean> {
  const { seed, months, url, start } = run.options;
  const began = Date.now();
  const company = await companyOf(run);
  const { mapping, snapshotDate } = company;
  const startsOn = start ?? snapshotDate;
  if (startsOn < snapshotDate)
    throw new DemoError(`The file shows ${snapshotDate}: --start has to be that day or a later one.`);
  if (addMonths(startsOn, months) > addDays(run.begunOn, 1))
    throw new DemoError(
      `${months} months from ${startsOn} end in the future, where nothing has happened yet. Choose an earlier --start or fewer --months.`,
    );
  const { tokens, tenantId } = await tokensOf(run, process.env);
  const client = new Client(url, tokens, run.id, seed);
  client.onTrouble = (message) => say(`  ${message}`);

  heading('A coaching programme, from an HR file to HR’s report');
  say(`  ${company.said}`);
  say(`  seed ${seed}, ${months} months from ${startsOn}, at ${url} in a tenant of its own: ${tenantId}`);

  heading('People');
  if (!company.shipped)
    await client.give({
      label: 'mapping',
      method: 'PUT',
      path: `/enrollment/v1/people/mappings/${encodeURIComponent(mapping.name)}`,
      body: mapping,
    });
  await run.write();
  await importPeople(client, 'people', company, company.file.bytes, snapshotDate);
  const people: Json[] = (await client.list('/enrollment/v1/people?')).items;
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
  await readAll(client);
  printBaseline(await client.list(baselinePath), nameOf);

  heading('The programme');
  const { programme, chosen, eligible, assessed } = await run.once('programme', () =>
    openProgramme(client, startsOn, months),
  );
  say(`  ${counted(assessed, 'person', 'people')} looked at, of whom the rules leave ${eligible}:`);
  say('  those who lead a team of three or more that is under strain');
  if (chosen.length < eligible) say(`  it takes ${chosen.length} of them`);
  const around = await run.once('around', () => Promise.resolve(aroundOf(people, chosen)));
  await bringCoaches(client, programme, chosen.length, seed);
  const coachees = await enrol(client, programme, chosen, seed);
  const fit = await matchCohorts(client, programme, coachees);
  const planted = cast(programme, coachees, around, seed);
  say(`  ${planted.stories.size} matched, with the greatest fit in all: ${fixed(fit, 2)} of 1 on average`);

  heading(`${months} months`);
  const asked = Object.values(around).flatMap(({ team, managerId }) => [...team, managerId ?? '']);
  const keep = new Set([
    ...coachees.map(({ employeeId }) => employeeId),
    ...asked.map((personId) => references.get(personId) ?? ''),
  ]);
  await live(client, programme, coachees, planted, async () => {
    const csv = halfwayFile(company.file, mapping, current, planted, programme, keep, seed);
    await importPeople(client, 'people later', company, csv, planted.middle);
  });

  const events = await readAll(client);
  const asOf = lastMoment(programme);
  const read = await readReport(client, programme, baselinePath, asOf);
  printReport(read, programme, nameOf, (id) => references.get(id) ?? id, asOf);
  const differing = compare(read, events, programme, asOf, nameOf);
  const told = foretell(read, events, programme);
  const asPlanted = await found(client, events, read, told, programme, planted);
  const seconds = ((Date.now() - began) / 1000).toFixed(0);
  say(`\n${counted(client.commands, 'command')} in ${seconds} s; times are in the zone ${ZONE}`);
  say(faint(`To look around: npm run --silent token -- --role hr --tenant ${tenantId}`));
  say(faint(`The report again: ${url}/analytics/v1/programs/${programme.programId}/overview?asOf=${asOf}`));
  const holds = differing === 0 && asPlanted;
  say(holds ? good('The report holds.') : bad('The report does NOT hold.'));
  return holds;
}

async function begin(): Promise<number> {
  const options = readOptions(process.argv.slice(2), process.env);
  if (options === undefined) {
    say(USAGE);
    return 0;
  }
  return (await main(await openRun(options))) ? 0 : 1;
}

await begin().then(
  (code) => (process.exitCode = code),
  (error: Error) => {
    const plain = error instanceof DemoError || error instanceof Refused;
    process.stderr.write(`\n${plain ? error.message : (error.stack ?? error.message)}\n`);
    process.exitCode = 1;
  },
);
